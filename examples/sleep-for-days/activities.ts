export function makeActivities(letters: string[]) {
  return {
    async sendNewsletter(reader: string, issue: number): Promise<void> {
      letters.push(`issue ${issue} to ${reader}`);
    },
  };
}
