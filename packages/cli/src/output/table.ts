/** Aligned text. */

/** Columns as wide as their widest cell; without rows, nothing. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return '';
  const lines = [header, ...rows];
  const widths = header.map((_, column) => Math.max(...lines.map((cells) => cells[column]?.length ?? 0)));
  return lines
    .map(
      (cells) =>
        `${cells
          .map((cell, column) => cell.padEnd(widths[column] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}

/** `label  value` lines; those without a value are left out. A value of several lines stays aligned. */
export function card(rows: readonly (readonly [string, string | undefined])[]): string {
  const shown = rows.filter((row): row is readonly [string, string] => row[1] !== undefined && row[1] !== '');
  const width = Math.max(0, ...shown.map(([label]) => label.length)) + 2;
  return shown
    .map(([label, value]) => `${label.padEnd(width)}${value.replaceAll('\n', `\n${' '.repeat(width)}`)}\n`)
    .join('');
}
