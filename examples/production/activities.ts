export async function resize(image: string, width: number): Promise<string> {
  return `${image}@${width}`;
}
