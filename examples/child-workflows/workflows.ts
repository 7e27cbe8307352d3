import { executeChild, ParentClosePolicy, startChild, workflowInfo } from 'perdure/workflow';

/** One child a chapter, all at once; the parent has their results in order. */
export async function translateBook(chapters: string[]): Promise<string> {
  const translated = await Promise.all(
    chapters.map((chapter, i) =>
      executeChild(translateChapter, { args: [chapter], workflowId: `${workflowInfo().workflowId}/${i + 1}` }),
    ),
  );
  // Goes on when this run is long over.
  const archive = await startChild(archiveBook, {
    args: [translated.length],
    workflowId: `${workflowInfo().workflowId}/archive`,
    parentClosePolicy: ParentClosePolicy.ABANDON,
  });
  return `${translated.join(' ')} (archived by ${archive.workflowId.split('/').at(-1)})`;
}

export async function translateChapter(chapter: string): Promise<string> {
  return [...chapter].reverse().join('');
}

export async function archiveBook(chapters: number): Promise<string> {
  return `${chapters} chapters archived for ${workflowInfo().parent?.workflowId}`;
}
