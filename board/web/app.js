import { Card } from "./card.js";
import { command, element, secretCommand } from "./dom.js";

const $ = (id) => document.getElementById(id);
const EVERY_MS = 5000; // what the grader posted, and what reached a target, shows after this long at most
const cards = new Map(); // challenge id -> its Card
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
  const why = json.message ?? Object.values(json.errors ?? {}).flat().join(" ");
  throw new Error(why || `The scoreboard answered ${answer.status}.`);
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
  $("you").replaceChildren();
  for (const id of ["main", "who", "leave"]) $(id).hidden = true;
  $("enter").hidden = false;
  $("token").value = "";
  $("token").focus();
  notice(text);
}

function showPoints(rows, mine) {
  const all = rows.reduce((sum, row) => sum + (row.value ?? 0), 0);
  const pass = Number(course.pass_mark) || 0;
  const said = `${mine} of ${all} points`;
  if ($("points").textContent !== said) $("points").textContent = said; // a reader hears it when it changes
  $("progress").max = all || 1;
  $("progress").value = Math.max(0, mine);
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

// Who the student is to the targets, and where he asks what they saw.
function showMe(mine) {
  if ($("you").hasChildNodes() || !mine.briefing) return;
  const who = element("p");
  if (mine.handle) who.append("Your handle is ", element("code", mine.handle), ". ");
  who.append("What did the target see of you? Ask its briefing: ", command(mine.briefing));
  if (mine.pin) who.append(", and there first ", secretCommand(`i ${mine.handle} ${mine.pin}`, mine.pin, "what tells your PIN"));
  else if (mine.handle) who.append(", and there first ", command(`i ${mine.handle}`));
  who.append(", then ", element("code", "seen"), " or ", element("code", "help"), ".");
  $("you").append(who);
}

const page = { ask, changed: refresh, failed: (error) => error instanceof Refused && leave(error.message) };

// Groups are made anew only when challenges come or go, so that nobody loses what he is typing. They stand in the order
// of the list, which is the course's: by position, then by points.
function showChallenges(rows) {
  const known = rows.length === cards.size && rows.every((row) => cards.has(row.id));
  if (!known) {
    const groups = new Map();
    for (const row of rows) {
      const category = row.category || "Challenges";
      if (!groups.has(category)) groups.set(category, [element("h2", category)]);
      if (!cards.has(row.id)) cards.set(row.id, new Card(row, page));
      groups.get(category).push(cards.get(row.id).details);
    }
    for (const id of cards.keys()) if (!rows.some((row) => row.id === id)) cards.delete(id);
    $("challenges").replaceChildren(...[...groups.values()].flat());
    if (!rows.length) $("challenges").append(element("p", "There are no challenges yet."));
  }
  for (const row of rows) cards.get(row.id).show(row);
}

// The challenge that the address names, as CTFd has it: its name and number.
function openLinked() {
  const id = Number(/-(\d+)$/.exec(location.hash)?.[1]);
  const card = cards.get(id);
  if (!card) return;
  card.details.open = true;
  card.summary.scrollIntoView();
  card.summary.focus();
}

async function refresh() {
  const [rows, standings, mine] = await Promise.all([ask("/api/v1/challenges"), ask("/api/v1/scoreboard"), ask("/mine")]);
  showChallenges(rows);
  showPoints(rows, mine.score);
  showStandings(standings);
  showMe(mine);
  await Promise.all([...cards.values()].map((card) => card.update()));
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
  openLinked();
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
  // also where the whole link is pasted
  sessionStorage.setItem("token", $("token").value.trim().replace(/^.*#token=/, ""));
  begin();
});
addEventListener("hashchange", () => (/^#token=/.test(location.hash) ? begin() : openLinked()));
setInterval(() => token && !document.hidden && attempt(me ? refresh : enter), EVERY_MS);
begin();
