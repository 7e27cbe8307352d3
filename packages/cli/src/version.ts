/** The same number for all packages of Perdure; kept here so that no command loads a package to say it. */
export const CLI_VERSION = '0.1.0';
