/** What a failure of SQLite or of the disk means: for whoever opens, and for a group that was being committed. */
import { StoreError } from '../../ports/index.js';
import type { CommitOutcome, StoreErrorCode } from '../../ports/index.js';
import { resultCode, SQLITE } from './driver.js';
import { LostOwnership, RefusedWrite } from './group-writer.js';

export function toStoreError(error: unknown, file: string): StoreError {
  if (error instanceof StoreError) return error;
  const [code, advice] = explain(error);
  return new StoreError(code, `The database ${file} cannot be used: ${textOf(error)}. ${advice}`);
}

function explain(error: unknown): readonly [StoreErrorCode, string] {
  switch (resultCode(error) ?? codeOf(error)) {
    case SQLITE.notadb:
      return ['NOT_A_DATABASE', 'Name an SQLite database or a new file; this one was not changed.'];
    case SQLITE.corrupt:
      return ['NOT_A_DATABASE', 'The file is damaged: restore it from a backup, or name another file.'];
    case SQLITE.readonly:
    case 'EROFS':
    case 'EACCES':
    case 'EPERM':
      return ['READ_ONLY', 'Give this user write permission for the file and its directory, or name another file.'];
    case SQLITE.full:
    case 'ENOSPC':
    case 'EDQUOT':
    case 'EFBIG':
      return ['DISK_FULL', 'Make room on its disk and start again; nothing that was acknowledged is lost.'];
    case SQLITE.busy:
    case SQLITE.locked:
      return ['OWNED', 'Another program holds a lock on it: end that program, or name another file.'];
    default:
      return ['IO', 'Check the disk and the permissions, or name another file.'];
  }
}

/** What became of a group whose transaction failed: nothing of it was written. */
export function outcomeOfFailedWrite(error: unknown): CommitOutcome {
  if (error instanceof LostOwnership) return { kind: 'fenced', reason: error.message };
  if (error instanceof RefusedWrite) return { kind: 'failed', reason: error.message };
  const code = resultCode(error);
  // An error without a result code comes from binding a value: the group is at fault, not the disk.
  if (code === undefined || GROUP_IS_AT_FAULT.has(code)) return { kind: 'failed', reason: textOf(error) };
  return fatalOutcome(error);
}

const GROUP_IS_AT_FAULT: ReadonlySet<number> = new Set([
  SQLITE.error,
  SQLITE.constraint,
  SQLITE.toobig,
  SQLITE.mismatch,
  SQLITE.range,
]);

export function fatalOutcome(error: unknown): Extract<CommitOutcome, { kind: 'fatal' }> {
  const [code, advice] = explain(error);
  const what = code === 'DISK_FULL' ? 'the disk is full' : 'the disk or the database failed';
  return { kind: 'fatal', reason: `${what}: ${textOf(error)}. ${advice}` };
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
