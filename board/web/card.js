import { button, command, element, fromHtml } from "./dom.js";

// As CTFd names one challenge in the address.
export const linkOf = (row) => `#${encodeURIComponent(row.name)}-${row.id}`;

function fact(list, name, value) {
  if (value === undefined || value === "") return;
  list.append(element("dt", name), element("dd", value));
}

function finding(f) {
  const li = element("li");
  const list = element("dl");
  li.append(element("strong", f.field), f.blocked ? ": not judged yet" : f.besides ? ", besides" : "", list);
  fact(list, "expected", f.expected);
  fact(list, "got", f.got);
  fact(list, "place", f.place);
  fact(list, "why", f.why && `${f.why} [${f.code}]`);
  fact(list, "try", f.try);
  return li;
}

function attempt(t) {
  const li = element("li");
  const besides = t.findings?.filter((f) => f.besides).length; // what no clause asks for
  const all = t.right === t.judged ? ", but something besides is wrong" : "";
  const wrong = all || (besides ? `, ${besides} wrong besides` : "");
  const right = t.judged === undefined ? "" : `: ${t.right} of ${t.judged} right${wrong}`;
  li.append(element("p", `${new Date(t.time).toLocaleTimeString()} from ${t.source}${t.passed ? ": right" : right}`));
  if (t.findings?.length) {
    const list = element("ul");
    list.append(...t.findings.map(finding));
    li.append(list);
  }
  if (t.remark) li.append(element("p", t.remark));
  return li;
}

// One challenge. `page` has ask (the board's answer, or an exception), changed (points may be others) and failed.
export class Card {
  constructor(row, page) {
    Object.assign(this, { row, page, loaded: false, shown: "" });
    this.details = element("details");
    this.name = element("h3");
    this.state = element("span");
    const summary = element("summary");
    const link = element("a", "Link to this challenge");
    this.text = element("div", "…");
    this.hints = element("div");
    this.values = element("div");
    this.tries = element("div");
    link.href = linkOf(row);
    const inside = element("div", undefined, "inside");
    summary.append(this.name, this.state);
    inside.append(this.text, this.values, this.hints, this.makeForm(), this.tries, link);
    this.details.append(summary, inside);
    this.summary = summary;
    this.details.addEventListener("toggle", () => this.toggled());
  }

  makeForm() {
    this.form = element("form", undefined, "flag");
    this.label = element("label", "Flag");
    this.input = element("input");
    this.submit = element("button", "Submit");
    this.left = element("p", "", "left");
    this.answer = element("p", "", "answer");
    this.nowhere = element("p", "No flag is entered on this page; the text says where it is handed in.");
    this.input.id = `flag-${this.row.id}`;
    this.input.autocomplete = "off";
    this.input.spellcheck = false;
    this.input.setAttribute("autocapitalize", "off");
    this.label.htmlFor = this.input.id;
    this.answer.setAttribute("role", "status");
    const field = element("div");
    field.append(this.label, this.input);
    this.form.append(field, this.submit, this.left, this.answer);
    this.form.addEventListener("submit", (event) => this.enter(event));
    this.form.hidden = this.nowhere.hidden = true;
    const both = document.createDocumentFragment();
    both.append(this.form, this.nowhere);
    return both;
  }

  show(row) {
    this.row = row;
    this.name.textContent = row.name;
    this.state.textContent = `${row.solved_by_me ? "✓ solved, " : ""}${row.value ?? 0} points`;
    this.state.className = row.solved_by_me ? "state good" : "state";
  }

  async enter(event) {
    event.preventDefault();
    if (!this.input.value.trim()) return;
    this.submit.disabled = true;
    try {
      const answer = await this.page.ask("/api/v1/challenges/attempt", { challenge_id: this.row.id, submission: this.input.value });
      const good = answer.status === "correct" || (answer.status === "already_solved" && answer.message.startsWith("Correct"));
      this.answer.textContent = answer.message;
      this.answer.className = `answer ${good ? "good" : "bad"}`;
      if (good) this.input.value = "";
      await this.page.changed();
    } catch (error) {
      this.answer.textContent = `Not delivered: ${error.message} Try again.`;
      this.answer.className = "answer bad";
      this.page.failed(error);
    } finally {
      this.submit.disabled = false;
    }
  }

  async toggled() {
    if (this.details.open) history.replaceState(null, "", linkOf(this.row));
    else if (location.hash === linkOf(this.row)) history.replaceState(null, "", location.pathname);
    if (!this.details.open || this.loaded) return;
    try {
      await this.load();
    } catch (error) {
      this.text.textContent = error.message;
      this.page.failed(error);
    }
  }

  async load() {
    const id = this.row.id;
    const [data, mine] = await Promise.all([this.page.ask(`/api/v1/challenges/${id}`), this.page.ask(`/mine/${id}`)]);
    const text = fromHtml(mine.html);
    if (data.connection_info) {
      const p = element("p");
      p.append(command(data.connection_info));
      text.append(p);
    }
    this.text.replaceChildren(text);
    this.label.textContent = mine.form === "answer" ? "Answer" : "Flag";
    this.showMine(mine);
    this.loaded = true;
    await this.showHints(data.hints ?? []);
  }

  // What may have changed while the card stands open.
  async update() {
    if (this.details.open && this.loaded) this.showMine(await this.page.ask(`/mine/${this.row.id}`));
  }

  showMine(mine) {
    this.form.hidden = !mine.form;
    this.nowhere.hidden = Boolean(mine.form);
    this.left.textContent = mine.left === undefined ? "" : mine.left === 1 ? "1 try left" : `${mine.left} tries left`;
    const now = JSON.stringify([mine.values, mine.tries]);
    if (now === this.shown) return; // whoever reads it keeps his place
    this.shown = now;
    this.values.replaceChildren();
    if (mine.values?.length) {
      const list = element("dl");
      for (const v of mine.values) fact(list, v.field, v.value);
      this.values.append(element("h4", "Yours alone"), list);
    }
    this.tries.replaceChildren();
    if (mine.tries) {
      const list = element("ul", undefined, "tries");
      list.append(...mine.tries.map(attempt));
      this.tries.append(element("h4", "What reached the target in your name"),
        mine.tries.length ? list : element("p", "Nothing yet."),
        element("p", "What no challenge took, and what stopped before it could be judged, the briefing tells: seen."));
    }
  }

  async showHints(hints) {
    this.hints.replaceChildren();
    if (!hints.length) return;
    this.hints.append(element("h4", hints.length > 1 ? "Hints" : "Hint"));
    for (const [i, hint] of hints.entries()) {
      const box = element("div", undefined, "hint");
      const name = hint.title || (hints.length > 1 ? `Hint ${i + 1}` : "Hint");
      this.hints.append(box);
      if (hint.content !== undefined) await this.openHint(box, hint, name);
      else this.offerHint(box, hint, name);
    }
  }

  async openHint(box, hint, name) {
    const data = await this.page.ask(`/api/v1/hints/${hint.id}`);
    box.replaceChildren(element("strong", name), fromHtml(data.html ?? ""));
  }

  offerHint(box, hint, name) {
    const said = element("p", "", "answer bad");
    const price = hint.cost === 1 ? "1 point" : `${hint.cost} points`;
    let sure = !hint.cost;
    said.setAttribute("role", "status");
    const offer = button(hint.cost ? `${name}: show it for ${price}` : `${name}: show it`, async () => {
      if (!sure) {
        sure = true;
        offer.textContent = `${name}: yes, spend ${price}`;
        return;
      }
      try {
        await this.page.ask("/api/v1/unlocks", { target: hint.id, type: "hints" });
        await this.openHint(box, hint, name);
        box.tabIndex = -1;
        box.focus();
        await this.page.changed();
      } catch (error) {
        said.textContent = error.message;
        this.page.failed(error);
      }
    });
    box.replaceChildren(offer, said);
  }
}
