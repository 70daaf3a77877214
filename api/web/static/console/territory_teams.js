// Territories and their teams, each to be added and changed.
import { page } from "./address.js";
import { territoryLabel } from "./badge.js";
import { byId, h } from "./dom.js";
import { addTeam, addTerritory, changeTeam, changeTerritory } from "./people_forms.js";
import { grouped, rows, territories } from "./rows.js";
import { show, tell } from "./shell.js";
import { number, say } from "./words.js";

/** Show the table; `changed(heading, id)` after a change, with the ids of what gets the focus. */
export const showTeams = (changed) => show(byId("teams"), async () => {
  const [lands, teams, branches] = await Promise.all([territories(), rows("teams"), rows("branches")]);
  const teamsOf = grouped(teams, (team) => team.territory);
  const after = (work, key, id) => async () => {
    const saved = await work();
    if (!saved) return;
    tell(say(key, { name: saved.name ?? "" }));
    changed("teams-heading", id);
  };
  const add = h("button", { type: "button", onclick: after(() => addTerritory({ branches }), "added") }, say("add_territory"));
  if (!lands.length) return [h("p", { class: "empty" }, say("territories_empty")), add];
  return [
    h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": say("territories_caption") }, h("table", {},
      h("caption", { class: "hidden" }, say("territories_caption")),
      h("thead", {}, h("tr", {}, ["territory", "villages", "households", "teams"].map((key, index) =>
        h("th", { scope: "col", class: index === 1 || index === 2 ? "numeric" : null }, say(key))))),
      h("tbody", {}, lands.map((land) => h("tr", {},
        h("th", { scope: "row" }, h("a", { href: page("map", { territory: land.id }) }, territoryLabel(land)), " ",
          h("button", { type: "button", id: `land-${land.id}`, "aria-label": say("change_of", { name: land.name }),
            onclick: after(() => changeTerritory(land), "changed", `land-${land.id}`) }, say("change"))),
        h("td", { class: "numeric" }, number(land.villages)),
        h("td", { class: "numeric" }, number(land.households)),
        h("td", {}, h("div", { class: "buttons tight-top" },
          (teamsOf.get(land.id) ?? []).map((team) => h("button", { type: "button", id: `team-${team.id}`, "aria-label": say("change_of", { name: team.name }),
            onclick: after(() => changeTeam(team), "changed", `team-${team.id}`) },
            team.active === false ? say("not_in_use", { name: team.name }) : team.name)),
          h("button", { type: "button", "aria-label": say("add_team_to", { territory: land.name }), onclick: after(() => addTeam(land), "added") }, say("add_team"))))))))),
    add,
  ];
});
