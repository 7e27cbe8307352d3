export async function sendLetter(name: string): Promise<string> {
  return `letter to ${name}`;
}

export async function sendMail(name: string): Promise<string> {
  return `mail to ${name}`;
}
