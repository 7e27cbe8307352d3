export async function readSensor(room: string): Promise<number> {
  return 15 + room.length;
}
