import { element, fromHtml } from "./dom.js";

const $ = (id) => document.getElementById(id);
const EVERY_MS = 5000; // what the grader posted shows after this long at most
const cards = new Map(); // challenge id -> its nodes
let token = "";
let me = null;
let course = { name: "Wiregrade", pass_mark: 0, teams: false };

// The token leaves the address at once, so that it is in no bookmark, history or screenshot.
function takeToken() {
  const found = /^#token=([\w-]{1,128})$/.exec(location.hash);
  if (found) {
    sessionStorage.setItem("token", found[1]);
    history.replaceState(null, "", location.pathname);
  }
  return sessionStorage.getItem("token") ?? "";
}

class Refused extends Error {}

async function ask(path, body) {
  const answer = await fetch(path, {
    method: body ? "POST" : "GET",
    headers: { Authorization: `Token ${token}`, "Content-Type": "application/json" },
    body: body && JSON.stringify(body),
    redirect: "manual",
    credentials: "omit",
  });
  const json = await answer.json().catch(() => ({}));
  if (answer.status === 401) throw new Refused("This token is not known here. Ask your instructor for yours.");
  if (json.success) return json.data;
  throw new Error(json.message ?? `The scoreboard answered ${answer.status}.`);
}

function notice(text) {
  $("notice").textContent = text;
  $("notice").hidden = !text;
}

function leave(text) {
  sessionStorage.removeItem("token");
  token = "";
  me = null;
  cards.clear();
  $("challenges").replaceChildren();
  for (const id of ["main", "who", "leave"]) $(id).hidden = true;
  $("enter").hidden = false;
  $("token").value = "";
  $("token").focus();
  notice(text);
}

function showPoints(rows) {
  const mine = rows.filter((row) => row.solved_by_me).reduce((sum, row) => sum + (row.value ?? 0), 0);
  const all = rows.reduce((sum, row) => sum + (row.value ?? 0), 0);
  const pass = Number(course.pass_mark) || 0;
  $("points").textContent = `${mine} of ${all} points`;
  $("progress").max = all || 1;
  $("progress").value = mine;
  $("mark").hidden = !pass || pass > all;
  if (pass && all) $("mark").style.left = `${(100 * pass) / all}%`;
  $("verdict").textContent = !pass ? "" : mine >= pass ? `Passed: the pass mark is ${pass} points.`
    : `${pass - mine} more to pass: the pass mark is ${pass} points.`;
  $("verdict").classList.toggle("good", pass > 0 && mine >= pass);
}

function showStandings(rows) {
  const mine = course.teams ? me.team_id : me.id;
  $("standings").replaceChildren(...rows.map((row) => {
    const tr = element("tr");
    tr.append(element("td", row.pos), element("td", row.name), element("td", row.score));
    if (row.account_id === mine) tr.className = "me";
    return tr;
  }));
  $("nobody").hidden = rows.length > 0;
}

async function submitFlag(event, id) {
  const card = cards.get(id);
  event.preventDefault();
  if (!card.input.value.trim()) return;
  card.button.disabled = true;
  try {
    const answer = await ask("/api/v1/challenges/attempt", { challenge_id: id, submission: card.input.value });
    const good = answer.status === "correct" || (answer.status === "already_solved" && answer.message.startsWith("Correct"));
    card.answer.textContent = answer.message;
    card.answer.className = `answer ${good ? "good" : "bad"}`;
    if (good) card.input.value = "";
    await refresh();
  } catch (error) {
    if (error instanceof Refused) leave(error.message);
    else {
      card.answer.textContent = `Not delivered: ${error.message} Try again.`;
      card.answer.className = "answer bad";
    }
  } finally {
    card.button.disabled = false;
  }
}

async function open(id) {
  const card = cards.get(id);
  if (!card?.details.open || card.loaded) return;
  try {
    const [data, mine] = await Promise.all([ask(`/api/v1/challenges/${id}`), ask(`/mine/${id}`)]);
    const text = fromHtml(mine.html);
    if (data.connection_info) {
      const p = element("p");
      p.append(element("code", data.connection_info));
      text.append(p);
    }
    if (data.max_attempts) text.append(element("p", `You have ${data.max_attempts} tries for this one.`));
    card.text.replaceChildren(text);
    card.loaded = true;
  } catch (error) {
    card.text.textContent = error.message;
  }
}

function makeCard(row) {
  const card = { details: element("details"), name: element("h3"), state: element("span"), text: element("div", "…"),
    input: element("input"), button: element("button", "Submit"), answer: element("p") };
  const summary = element("summary");
  const inside = element("div");
  const form = element("form");
  const field = element("div");
  const label = element("label", "Flag");
  card.input.id = `flag-${row.id}`;
  card.input.autocomplete = "off";
  card.input.spellcheck = false;
  card.input.setAttribute("autocapitalize", "off");
  label.htmlFor = card.input.id;
  card.answer.className = "answer";
  card.answer.setAttribute("role", "status");
  inside.className = "inside";
  form.className = "flag";
  summary.append(card.name, card.state);
  field.append(label, card.input);
  form.append(field, card.button, card.answer);
  inside.append(card.text, form);
  card.details.append(summary, inside);
  form.addEventListener("submit", (event) => submitFlag(event, row.id));
  card.details.addEventListener("toggle", () => open(row.id));
  cards.set(row.id, card);
  return card;
}

// Groups are made anew only when challenges come or go, so that nobody loses what he is typing.
function showChallenges(rows) {
  const known = rows.length === cards.size && rows.every((row) => cards.has(row.id));
  if (!known) {
    const groups = new Map();
    for (const row of rows) {
      const category = row.category || "Challenges";
      if (!groups.has(category)) groups.set(category, [element("h2", category)]);
      groups.get(category).push((cards.get(row.id) ?? makeCard(row)).details);
    }
    for (const id of cards.keys()) if (!rows.some((row) => row.id === id)) cards.delete(id);
    $("challenges").replaceChildren(...[...groups.values()].flat());
    if (!rows.length) $("challenges").append(element("p", "There are no challenges yet."));
  }
  for (const row of rows) {
    const card = cards.get(row.id);
    card.name.textContent = row.name;
    card.state.textContent = `${row.solved_by_me ? "✓ solved, " : ""}${row.value ?? 0} points`;
    card.state.className = row.solved_by_me ? "state good" : "state";
  }
}

async function refresh() {
  const [rows, standings] = await Promise.all([ask("/api/v1/challenges"), ask("/api/v1/scoreboard")]);
  showChallenges(rows);
  showPoints(rows);
  showStandings(standings);
  notice("");
}

async function enter() {
  course = await ask("/course");
  me = await ask("/api/v1/users/me");
  document.title = $("course").textContent = course.name ?? "Wiregrade";
  $("who").textContent = me.name;
  for (const id of ["main", "who", "leave"]) $(id).hidden = false;
  $("enter").hidden = true;
  await refresh();
}

async function attempt(what) {
  try {
    await what();
  } catch (error) {
    if (error instanceof Refused) leave(error.message);
    else notice(error instanceof TypeError ? "The scoreboard does not answer; trying again." : error.message);
  }
}

function begin() {
  token = takeToken();
  if (token) attempt(enter);
  else leave("");
}

$("leave").addEventListener("click", () => leave(""));
$("enter").addEventListener("submit", (event) => {
  event.preventDefault();
  sessionStorage.setItem("token", $("token").value.trim());
  begin();
});
addEventListener("hashchange", () => /^#token=/.test(location.hash) && begin());
setInterval(() => token && !document.hidden && attempt(me ? refresh : enter), EVERY_MS);
begin();
