export async function examine(name: string): Promise<string> {
  return `${name} is healthy`;
}
