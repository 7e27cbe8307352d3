// Certificates for a test, made on the spot by openssl.
import { execFileSync } from 'node:child_process';
import { copyFileSync, readFileSync, renameSync, writeFileSync } from 'node:fs';

/** Authorities and certificates live as NAME.pem and NAME.key in `folder`, good for two days. */
export function openCertificates(folder) {
  const path = (file) => `${folder}/${file}`;
  const openssl = (...args) => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
  const newKey = (name) => ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', `${name}.key`];
  return {
    path,
    makeAuthority(name) {
      openssl('req', '-x509', ...newKey(name), '-out', `${name}.pem`, '-days', '2', '-subj', `/CN=${name}`);
    },
    makeCertificate(name, authority) {
      writeFileSync(path('extensions'), 'subjectAltName=IP:127.0.0.1,DNS:localhost');
      openssl('req', ...newKey(name), '-out', `${name}.csr`, '-subj', `/O=Perdure/CN=${name}`);
      const signer = ['-CA', `${authority}.pem`, '-CAkey', `${authority}.key`, '-CAcreateserial'];
      openssl(
        'x509',
        '-req',
        '-in',
        `${name}.csr`,
        ...signer,
        '-out',
        `${name}.pem`,
        '-days',
        '2',
        '-extfile',
        'extensions',
      );
    },
    /** The content a client needs: its own pair (if named) and the authority it trusts. */
    contents: (authority, name) => ({
      ca: readFileSync(path(`${authority}.pem`)),
      ...(name && { cert: readFileSync(path(`${name}.pem`)), key: readFileSync(path(`${name}.key`)) }),
    }),
    /** Puts a file in the place of another, as renewals do. */
    replace(file, by) {
      copyFileSync(path(by), path(`${file}.new`));
      renameSync(path(`${file}.new`), path(file));
    },
  };
}
