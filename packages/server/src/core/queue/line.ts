/** A waiting line: a doubly linked list whose members can leave from any place in O(1). */
export interface LineMember<Member extends LineMember<Member>> {
  /** The line that holds the member. Only the line writes these three. */
  line: Line<Member> | undefined;
  ahead: Member | undefined;
  behind: Member | undefined;
}

export class Line<Member extends LineMember<Member>> {
  #first: Member | undefined;
  #last: Member | undefined;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get first(): Member | undefined {
    return this.#first;
  }

  pushBack(member: Member): void {
    this.#enter(member, this.#last, undefined);
  }

  pushFront(member: Member): void {
    this.#enter(member, undefined, this.#first);
  }

  takeFirst(): Member | undefined {
    const first = this.#first;
    if (first !== undefined) this.remove(first);
    return first;
  }

  /** False if the member does not stand in this line. */
  remove(member: Member): boolean {
    if (member.line !== this) return false;
    if (member.ahead === undefined) this.#first = member.behind;
    else member.ahead.behind = member.behind;
    if (member.behind === undefined) this.#last = member.ahead;
    else member.behind.ahead = member.ahead;
    member.line = undefined;
    member.ahead = undefined;
    member.behind = undefined;
    this.#size -= 1;
    return true;
  }

  *[Symbol.iterator](): Generator<Member> {
    for (let member = this.#first; member !== undefined; member = member.behind) yield member;
  }

  #enter(member: Member, ahead: Member | undefined, behind: Member | undefined): void {
    if (member.line !== undefined) throw new Error('a member stands in one line at a time');
    member.line = this;
    member.ahead = ahead;
    member.behind = behind;
    if (ahead === undefined) this.#first = member;
    else ahead.behind = member;
    if (behind === undefined) this.#last = member;
    else behind.ahead = member;
    this.#size += 1;
  }
}
