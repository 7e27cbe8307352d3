// An activity: does what may fail or take long, and is repeated when it does.
export async function greet(name: string): Promise<string> {
  return `Hello, ${name}!`;
}
