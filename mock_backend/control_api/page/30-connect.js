// How to connect: lines for each language, a link to a Web Editor, the accounts.

const SNIPPETS = {
  Python: (url, user, password) => `import openeo

connection = openeo.connect("${url}")
connection.authenticate_basic("${user}", "${password}")`,
  R: (url, user, password) => `library(openeo)

con <- connect("${url}")
login(user = "${user}", password = "${password}")`,
  JavaScript: (url, user, password) => `import { OpenEO } from "@openeo/js-client";

const con = await OpenEO.connect("${url}");
await con.authenticateBasic("${user}", "${password}");`,
  curl: (url, user, password) => `URL=${Object.keys(about.urls)[0]}
TOKEN=$(curl -s -u ${user}:${password} \\
  $URL/credentials/basic | sed 's/.*"access_token": *"\\([^"]*\\).*/\\1/')
curl -H "Authorization: Bearer basic//$TOKEN" $URL/me`,
};

let language = "Python";
let chosen = 0;

function showConnect() {
  const user = about.users[chosen] ?? { user_id: "", password: "" };
  const tabs = Object.keys(SNIPPETS).map((name) =>
    el("button", {
      type: "button", role: "tab", id: `tab-${name}`, "aria-controls": "snippet", "aria-selected": String(name === language),
      tabindex: name === language ? 0 : -1, onclick: () => choose(name),
    }, name));
  $("languages").replaceChildren(...tabs);
  $("snippet").setAttribute("aria-labelledby", `tab-${language}`);
  $("code").textContent = SNIPPETS[language](location.origin, user.user_id, user.password ?? "");
  $("url").textContent = location.origin;
  $("editor").href = `https://editor.openeo.org/?server=${encodeURIComponent(location.origin)}`;
  $("users").replaceChildren(...about.users.flatMap((each, place) => [
    el("dt", {}, each.user_id),
    el("dd", {}, each.password === null ? "no password" : el("code", {}, each.password)),
    el("dd", {}, about.users.length > 1 && place !== chosen
      ? el("button", { type: "button", class: "ghost", onclick: () => { chosen = place; showConnect(); } }, "Use", el("span", { class: "hidden" }, ` ${each.user_id}`))
      : ""),
  ]));
}

function choose(name) {
  language = name;
  showConnect();
  $(`tab-${name}`).focus();
}

$("languages").addEventListener("keydown", (event) => {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!step) return;
  const names = Object.keys(SNIPPETS);
  choose(names[(names.indexOf(language) + step + names.length) % names.length]);
  event.preventDefault();
});
$("copy-url").addEventListener("click", () => copy(location.origin, "the URL"));
$("copy-code").addEventListener("click", () => copy($("code").textContent, `the lines for ${language}`));
