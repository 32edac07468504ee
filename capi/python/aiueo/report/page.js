"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const PAGE = 25;
  const LONG = 80;
  const state = { query: "", rung: "", part: "", sort: "place", down: false, page: 0 };
  const events = { alerts: { query: "", kind: "", page: 0 }, triggers: { query: "", kind: "", page: 0 } };
  // Positions in a row of the data, and in what explains it.
  const ID = 0, END = 1, DAYS = 2, MRR = 3, TRIAL = 4, SEEN = 5, PLAYS = 6, RANK = 7, WHY = 8, GAP = 9;
  const CHOSEN = 1, FIRST = 2, GAIN = 3, LOWER = 4, UPPER = 5, EFFORT = 6, ASKED = 8, MEMBER = 11;
  const isRanked = data.rows.some((row) => row[RANK]);

  let edition, language, words;

  // Every text of the data comes into the page through here, as text. What has no shape gets a mark.
  const clean = (text) =>
    String(text).replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/g, "\ufffd");
  const make = (name, attributes, ...children) => {
    const out = name === "svg" || name === "rect"
      ? document.createElementNS("http://www.w3.org/2000/svg", name)
      : document.createElement(name);
    for (const [key, value] of Object.entries(attributes || {})) {
      if (value !== null && value !== undefined && value !== false) out.setAttribute(key, value);
    }
    for (const child of children.flat()) {
      if (child !== null && child !== undefined && child !== "") {
        out.append(child instanceof Node ? child : clean(child));
      }
    }
    return out;
  };
  const say = (name, ...values) => {
    let at = 0;
    // A function: what stands in for a mark is never read as a pattern.
    return words[name].replace(/\{(\d?)\}/g, (_, k) => String(values[k === "" ? at++ : Number(k)]));
  };
  const figure = (value, digits = 1) =>
    value === null || value === undefined
      ? "–"
      : value.toLocaleString("en", { maximumFractionDigits: digits }).replace("-", "−");
  const label = (pair) => pair[language === "ja" ? pair.length - 1 : 0];
  const between = () => (language === "ja" ? "、" : ", ");

  const money = (value) => figure(value, value !== null && Math.abs(value) < 100 ? data.digits : 0);
  const withUnit = (name) => (data.currency ? `${words[name]} (${data.currency})` : words[name]);
  const named = (at) => (at === null ? "" : label(data.texts[at]));
  const answerText = ([play, owner, channel]) => {
    if (play === null) return "";
    const who = [named(owner), named(channel)].filter(Boolean).join(between());
    return label(data.plays[play]) + (who ? ` – ${who}` : "");
  };

  const endText = (row) =>
    row[DAYS] === null ? words.noContract : row[DAYS] < 0 ? say("overdue", figure(-row[DAYS])) : row[DAYS] === 0 ? words.today : say("inDays", figure(row[DAYS]));

  const inputText = ([metric, known, value, age, limit]) => {
    const name = label(data.metrics[metric]);
    let text = name;
    if (value !== null) {
      const shown = value === true ? words.yes : value === false ? words.no : typeof value === "number" ? figure(value, 2) : value;
      text += ` = ${shown}`;
    }
    const notes = [];
    if (known) notes.push(words.states.split("|")[known]);
    if (age !== undefined) {
      notes.push(say("old", figure(age)));
      if (known === 2) notes.push(say("counts", figure(limit)));
    }
    return notes.length ? `${text} (${notes.join(between())})` : text;
  };

  const conditionText = ([condition, status, wanted, now, distance, strict, inputs, insufficient]) => {
    const out = [wanted ? make("code", {}, condition) : make("span", {}, say("not", condition))];
    const notes = [];
    if (status === "unmet" && now !== null && distance !== null) {
      const day = typeof now === "string";
      const said = (strict ? "nowMore" : "now") + (day ? "Days" : "");
      notes.push(say(said, day ? now : figure(now, 2), figure(distance, 2)));
    } else if (status !== "unmet") notes.push(words.unknown);
    for (const one of insufficient) notes.push(`${one}: ${words.insufficient}`);
    for (const one of inputs) notes.push(inputText(one));
    if (notes.length) out.push(` ${notes.join("; ")}`);
    return out;
  };

  const reason = (row) => {
    const gap = row[GAP];
    if (!gap) {
      return row[WHY] ? [] : [row[SEEN] ? say("lastSeen", row[SEEN]) : words.neverSeen];
    }
    if (gap[2] === null) return [words.topRung];
    const name = label(data.rungs[gap[2]]);
    if (!gap[3]) return [`${say("lacks", name)} ${words.unreachable}`];
    if (!gap[4].length) return [say("nothing", name)];
    const out = [say("lacks", name), " "];
    gap[4].slice(0, 2).forEach((one, k) => out.push(k ? " · " : "", ...conditionText(one)));
    if (gap[4].length > 2) out.push(` · ${say("more", gap[4].length - 2)}`);
    return out;
  };

  const stageText = (row) => {
    const gap = row[GAP];
    if (!gap || gap[0] === null) return "–";
    return label(data.rungs[gap[0]]);
  };

  const scoreText = (group) => {
    if (!group) return words.noOverall;
    const [score, lower, upper, coverage] = group;
    const notes = `${say("bounds", figure(lower), figure(upper))}${between()}${say("knownShare", figure(100 * coverage, 0))}`;
    if (score === null) return `${words.insufficient} (${notes})`;
    return coverage < 1 ? `${figure(score)} (${notes})` : figure(score);
  };

  const overallOf = (row) => (row[WHY] && row[WHY][1] ? row[WHY][1][0] : null);

  // ── the list ─────────────────────────────────────────────────────────────────────────────
  const KEYS = {
    place: (row) => row.place,
    customer: (row) => row[ID],
    ends: (row) => row[DAYS],
    mrr: (row) => row[MRR],
    stage: (row) => (row[GAP] ? row[GAP][0] : null),
    overall: overallOf,
    gain: (row) => (row[RANK] ? row[RANK][GAIN] : null),
    effort: (row) => (row[RANK] ? row[RANK][EFFORT] : null),
  };
  const PARTS = {
    chosen: (row) => row[RANK] && row[RANK][CHOSEN],
    first: (row) => row[RANK] && row[RANK][FIRST],
    ranked: (row) => row[RANK],
    others: (row) => !row[RANK],
  };
  const compare = (a, b) => {
    const [x, y] = [KEYS[state.sort](a), KEYS[state.sort](b)];
    // What is not known comes last, whichever way the list is sorted.
    if (x === null || y === null) return (x === null) - (y === null) || a.place - b.place;
    const order = x < y ? -1 : x > y ? 1 : 0;
    return (state.down ? -order : order) || a.place - b.place;
  };
  data.rows.forEach((row, k) => { row.place = k; });

  const chosen = () => {
    const query = state.query.trim().toLowerCase();
    return data.rows
      .filter((row) => !query || row[ID].toLowerCase().includes(query))
      .filter((row) => state.part === "" || PARTS[state.part](row))
      .filter((row) => state.rung === "" || (row[GAP] && String(row[GAP][0]) === state.rung))
      .sort(compare);
  };

  const shortId = (id) => (id.length > LONG ? `${id.slice(0, LONG)}…` : id);

  const cell = (name, attributes, ...children) =>
    make("td", { "data-label": words[name] || null, ...attributes }, ...children);
  const sub = (...text) => make("span", { class: "sub" }, ...text);
  const linkTo = (id, place) =>
    make("a", { href: `#customer-${place}`, title: id.length > LONG ? clean(id) : null }, make("bdi", {}, shortId(id)));

  // A sign for the eye, its words for the ear.
  const mark = (sign, name) =>
    make("span", { class: "mark", title: name }, make("span", { "aria-hidden": "true" }, sign), make("span", { class: "unseen" }, ` ${name}`));

  const gainCells = (row) => {
    const rank = row[RANK];
    if (!isRanked) return [];
    if (!rank) return [cell("gain", { class: "number" }, sub(words.notRanked)), cell("effort", { class: "number" }, "–")];
    return [
      cell("gain", { class: "number" }, money(rank[GAIN]), rank[LOWER] <= 0 ? mark(" ?", words.unsure) : null,
        sub(say("bounds", money(rank[LOWER]), money(rank[UPPER])))),
      cell("effort", { class: "number" }, figure(rank[EFFORT])),
    ];
  };

  const playsText = (row) => {
    if (row[RANK]) return answerText(row[RANK].slice(ASKED, ASKED + 3));
    return row[PLAYS].map((one) => label(data.plays[one])).join(between());
  };

  const lineOf = (row) => {
    const overall = overallOf(row);
    const perhaps = row[GAP] && row[GAP][1] !== null ? sub(say("perhaps", label(data.rungs[row[GAP][1]]))) : null;
    const today = data.capacity !== null && row[RANK] && row[RANK][CHOSEN];
    const plays = playsText(row);
    return make("tr", { class: today ? "chosen" : null },
      cell("place", { class: "number place" }, row[RANK] || !isRanked ? figure(row.place + 1) : "–"),
      make("th", { scope: "row" },
        linkTo(row[ID], row.place), today ? mark(" ✓", words.chosen) : null,
        row[TRIAL] ? sub(words.trial) : null),
      cell("ends", { class: "date" }, row[END] === null ? "–" : row[END], make("span", { class: row[DAYS] < 0 ? "sub late" : "sub" }, endText(row))),
      cell("mrr", { class: "number" }, money(row[MRR])),
      cell("stage", {}, stageText(row), perhaps),
      cell("overall", { class: "number" },
        row[WHY] ? (overall === null ? sub(words.insufficient) : figure(overall)) : sub(words.unseen)),
      ...gainCells(row),
      make("td", { class: "reason" }, ...reason(row), plays ? sub(`${row[RANK] ? words.play : words.plays}: ${plays}`) : null));
  };

  /** The rows of a page of a list, who they are of how many, and what leads to the next page. */
  const turnTo = (place, of, rows, line) => {
    const pages = Math.max(1, Math.ceil(rows.length / PAGE));
    of.page = Math.min(of.page, pages - 1);
    const first = of.page * PAGE;
    const shown = rows.slice(first, first + PAGE);
    place.querySelector("tbody").replaceChildren(...shown.map(line));
    place.querySelector(".count").textContent = rows.length
      ? say(of === state ? "shown" : "shownRows", figure(first + 1), figure(first + shown.length), figure(rows.length))
      : words.none;
    const [before, after] = place.querySelectorAll(".pager button");
    before.disabled = of.page === 0;
    after.disabled = of.page >= pages - 1;
  };

  const drawRows = () => {
    const place = edition.querySelector("[data-list]");
    turnTo(place, state, chosen(), lineOf);
    place.querySelectorAll("thead th").forEach((head) => {
      const own = head.dataset.key === state.sort;
      if (own) head.setAttribute("aria-sort", state.down ? "descending" : "ascending");
      else head.removeAttribute("aria-sort");
    });
  };

  // What the lists share: a field to search in, a choice, pages to turn.
  const searchField = (of, draw) => {
    const field = make("input", { type: "search", value: of.query, autocomplete: "off" });
    field.addEventListener("input", () => { of.query = field.value; of.page = 0; draw(); });
    return make("label", {}, words.search, field);
  };
  const choice = (of, key, name, options, draw) => {
    const field = make("select", {}, options.map(([value, text]) => make("option", { value, selected: of[key] === value }, text)));
    field.addEventListener("change", () => { of[key] = field.value; of.page = 0; draw(); });
    return make("label", {}, words[name], field);
  };
  const pager = (of, name, draw) => {
    const turn = (step, word) => {
      const button = make("button", { type: "button" }, words[word]);
      button.addEventListener("click", () => { of.page += step; draw(); });
      return button;
    };
    return make("div", { class: "pager", role: "group", "aria-label": clean(name) }, turn(-1, "previous"), turn(1, "next"));
  };

  const drawList = () => {
    const place = edition.querySelector("[data-list]");
    if (!data.rows.length) { place.replaceChildren(); return; }
    const used = new Set(data.rows.filter((row) => row[GAP] && row[GAP][0] !== null).map((row) => row[GAP][0]));
    const rungs = [["", words.any], ...[...used].sort((a, b) => a - b).map((at) => [String(at), label(data.rungs[at])])];
    const parts = [["", words.everyone], ...Object.keys(PARTS)
      .filter((key) => data.rows.some(PARTS[key]) && (key !== "chosen" || data.capacity !== null))
      .map((key) => [key, words[`part_${key}`]])];
    const head = (key, name, number) => {
      const text = name === "mrr" || name === "gain" ? withUnit(name) : words[name];
      const button = make("button", { type: "button", title: say("sorted", text) }, text);
      button.addEventListener("click", () => {
        state.down = state.sort === key ? !state.down : false;
        state.sort = key;
        state.page = 0;
        drawRows();
      });
      return make("th", { scope: "col", "data-key": key, class: number ? "number" : null }, button);
    };
    place.replaceChildren(
      make("div", { class: "controls" },
        searchField(state, drawRows),
        used.size > 1 ? choice(state, "rung", "stage", rungs, drawRows) : null,
        isRanked ? choice(state, "part", "part", parts, drawRows) : null,
        make("p", { class: "count", role: "status" })),
      make("div", { class: "scroll" },
        make("table", {},
          make("caption", { class: "unseen" }, words.list),
          make("thead", {}, make("tr", {},
            head("place", "place", true), head("customer", "customer"), head("ends", "ends"),
            head("mrr", "mrr", true), head("stage", "stage"), head("overall", "overall", true),
            isRanked ? [head("gain", "gain", true), head("effort", "effort", true)] : null,
            make("th", { scope: "col" }, words.reason))),
          make("tbody", {}))),
      pager(state, words.pages, drawRows));
    drawRows();
  };

  // ── what happened, and what to send ──────────────────────────────────────────────────────
  const places = new Map(data.rows.map((row) => [row[ID], row.place]));
  const customerCell = (id) =>
    make("th", { scope: "row" }, places.has(id) ? linkTo(id, places.get(id)) : make("bdi", {}, shortId(id)));
  // Of each list: its heads (with the class of their cells), and a row's cells.
  const LISTS = {
    alerts: {
      heads: [["fired"], ["alert"], ["customer"], ["happened"], ["mrr", "number"], ["member"]],
      line: ([id, name, fired, open, mrr, member, play, owner, channel, told]) => [
        cell("fired", { class: "date" }, fired, open ? null : sub(words.over)),
        cell("alert", { class: "kind" }, label(data.alerts.names[name])),
        customerCell(id),
        make("td", { class: "reason" }, label(told), play === null ? null : sub(`${words.play}: ${answerText([play, owner, channel])}`)),
        cell("mrr", { class: "number" }, money(mrr)),
        cell("member", {}, named(member) || "–"),
      ],
    },
    triggers: {
      heads: [["customer"], ["trigger"], ["play"], ["because"], ["mrr", "number"], ["member"]],
      line: ([id, name, variant, mrr, member, play, owner, channel, told]) => [
        customerCell(id),
        cell("trigger", { class: "kind" }, label(data.triggers.names[name]), variant === null ? null : sub(say("variant", named(variant)))),
        cell("play", {}, answerText([play, owner, channel])),
        make("td", { class: "reason" }, told),
        cell("mrr", { class: "number" }, money(mrr)),
        cell("member", {}, named(member) || "–"),
      ],
    },
  };

  const drawEvents = (which) => {
    const place = edition.querySelector(`[data-events="${which}"]`);
    const { names, rows } = data[which];
    if (!place || !rows.length) return;
    const of = events[which], { heads, line } = LISTS[which];
    const counts = names.map((_, k) => rows.filter((row) => row[1] === k).length);
    const kinds = [["", words.every], ...names.map((one, k) => [String(k), `${label(one)} (${figure(counts[k])})`]).filter((_, k) => counts[k])];
    const draw = () => {
      const query = of.query.trim().toLowerCase();
      const wanted = rows
        .filter((row) => !query || row[0].toLowerCase().includes(query))
        .filter((row) => of.kind === "" || String(row[1]) === of.kind);
      turnTo(place, of, wanted, (row) => make("tr", {}, line(row)));
    };
    place.replaceChildren(
      make("div", { class: "controls" },
        searchField(of, draw),
        kinds.length > 2 ? choice(of, "kind", which === "alerts" ? "alert" : "trigger", kinds, draw) : null,
        make("p", { class: "count", role: "status" })),
      make("div", { class: "scroll" },
        make("table", {},
          make("caption", { class: "unseen" }, words[`${which}List`]),
          make("thead", {}, make("tr", {}, heads.map(([name, kind]) =>
            make("th", { scope: "col", class: kind || null }, name === "mrr" ? withUnit(name) : words[name])))),
          make("tbody", {}))),
      pager(of, words[`${which}Pages`], draw));
    draw();
  };

  // ── a customer's page ────────────────────────────────────────────────────────────────────
  const limitText = (one) => {
    if (one[0] === "cap") return say(one[1] ? "capped" : "perhapsCapped", figure(one[2]), one[3]);
    return say("override", inputText(one[1]), figure(one[2]));
  };

  const barOf = (name, [score, lower, upper]) => {
    const x = (value) => `${Math.max(0, Math.min(100, value))}%`;
    const said = say("axisBar", name, score === null ? words.insufficient : figure(score), figure(lower), figure(upper));
    const bar = make("svg", { class: "bar", role: "img", "aria-label": clean(said) });
    bar.append(make("rect", { class: "track", x: 0, y: 5, width: "100%", height: 8, rx: 4 }));
    bar.append(make("rect", { class: "possible", x: x(lower), y: 5, width: x(upper - lower), height: 8 }));
    if (score !== null) bar.append(make("rect", { class: "score", x: x(score), y: 0, width: 4, height: 18, rx: 2 }));
    return bar;
  };

  const partLine = ([part, known, response, instead, weight, gives, adds, inputs]) => {
    const own = known && !inputs.some((one) => one[1] === known) ? [words.states.split("|")[known]] : [];
    return make("tr", {},
      make("th", { scope: "row" }, label(data.parts[part])),
      make("td", { class: "number" }, instead === null ? figure(response) : `(${figure(instead)})`),
      make("td", { class: "number" }, figure(weight, 2)),
      make("td", { class: "number" }, gives),
      make("td", { class: "number" }, figure(adds)),
      make("td", {}, [...inputs.map(inputText), ...own].join("; ")));
  };

  const axisOf = (axis) => {
    const name = label(data.axes[axis[0]].label);
    const group = axis.slice(1, 6);
    const heads = ["component", "score", "weight", "gives", "adds"].map((key, k) => make("th", { scope: "col", class: k ? "number" : null }, words[key]));
    return make("div", { class: "axis" },
      make("h4", {}, name, make("span", {}, scoreText(group))),
      barOf(name, group),
      group[4].map((one) => make("p", {}, limitText(one))),
      make("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": clean(name) },
        make("table", {}, make("thead", {}, make("tr", {}, heads, make("th", { scope: "col" }, words.because))),
          make("tbody", {}, axis[6].map(partLine)))));
  };

  const ownOf = (which, row) => data[which].rows.filter((one) => one[0] === row[ID]);

  const drawCustomer = (row) => {
    const place = edition.querySelector("[data-customer]");
    const why = row[WHY], gap = row[GAP];
    const facts = [];
    const fact = (name, ...value) => facts.push(make("div", {}, make("dt", {}, name), make("dd", {}, ...value)));
    fact(words.ends, row[END] === null ? endText(row) : `${row[END]} (${endText(row)})`);
    if (row[TRIAL]) fact(words.profile, words.trial);
    fact(withUnit("mrr"), money(row[MRR]));
    if (row[RANK] && row[RANK][MEMBER] !== null) fact(words.member, named(row[RANK][MEMBER]));
    const out = [
      make("p", { class: "back" }, make("a", { href: `#today-${language}` }, `← ${words.back}`)),
      make("h2", { tabindex: -1 }, make("bdi", {}, row[ID])),
    ];
    if (!why) {
      out.push(make("dl", { class: "facts" }, facts), make("p", { class: "missing" }, `${words.unseen}${between()}${row[SEEN] ? say("lastSeen", row[SEEN]) : words.neverSeen}`));
      place.replaceChildren(...out);
      return;
    }
    const [profile, overall, axes, moves, band, pattern] = why;
    fact(words.overall, scoreText(overall));
    if (gap) fact(words.stage, stageText(row), gap[1] !== null ? ` (${say("perhaps", label(data.rungs[gap[1]]))})` : "");
    if (band !== null) fact(words.band, label(data.bands[band]));
    if (pattern !== null) fact(words.pattern, label(data.patterns[pattern]));
    fact(words.profile, profile);
    if (row[RANK]) {
      const bounds = say("bounds", money(row[RANK][LOWER]), money(row[RANK][UPPER]));
      fact(withUnit("gain"), `${money(row[RANK][GAIN])} (${bounds})`, row[RANK][LOWER] <= 0 ? ` ${words.unsure}` : "");
      fact(words.effort, figure(row[RANK][EFFORT]));
    }
    out.push(make("p", { class: "sub" }, say("snapshot", row[SEEN])), make("dl", { class: "facts" }, facts));
    if (overall) overall[4].forEach((one) => out.push(make("p", {}, limitText(one))));
    if (gap && gap[2] !== null) {
      out.push(make("h3", {}, say("missing", label(data.rungs[gap[2]]))));
      if (!gap[3]) out.push(make("p", {}, words.unreachable));
      else if (!gap[4].length) out.push(make("p", {}, say("nothing", label(data.rungs[gap[2]]))));
      else out.push(make("ul", {}, gap[4].map((one) => make("li", {}, conditionText(one)))));
      if (gap[5].length) out.push(make("p", {}, `${words.approach}: ${label(gap[5])}`));
    } else if (gap) out.push(make("p", {}, words.topRung));
    const plays = playsText(row);
    if (plays && row[RANK]) out.push(make("p", {}, `${words.play}: ${plays}`));
    if (moves.length) {
      out.push(make("h3", {}, words.moves));
      out.push(make("ul", {}, moves.map(([part, points]) => make("li", {}, `${label(data.parts[part])} (+${figure(points)})`))));
    }
    if (plays && !row[RANK]) out.push(make("p", {}, `${words.plays}: ${plays}`));
    // What the other lists have of it.
    const told = [
      ...ownOf("alerts", row).map((one) => [one[2], label(data.alerts.names[one[1]]), label(one[9])]),
      ...ownOf("triggers", row).map((one) => [words.toSend, label(data.triggers.names[one[1]]), one[2] === null ? "" : say("variant", named(one[2]))]),
    ];
    if (told.length) {
      out.push(make("h3", {}, words.lately));
      out.push(make("ul", {}, told.map(([when, name, text]) => make("li", {}, [when, name, text].filter(Boolean).join(" – ")))));
    }
    out.push(make("h3", {}, words.why), ...axes.map(axisOf));
    place.replaceChildren(...out);
  };

  let shown = null, opener = null;
  const route = (focus) => {
    const found = /^#customer-(\d+)$/.exec(location.hash);
    const row = found ? data.rows[Number(found[1])] : undefined;
    const place = edition.querySelector("[data-customer]");
    const report = edition.querySelector("[data-report]");
    place.hidden = !row;
    report.hidden = Boolean(row);
    if (row) {
      const link = document.activeElement;
      opener = link && link.getAttribute("href") === location.hash ? link : null;
      drawCustomer(row);
      if (focus) { window.scrollTo(0, 0); place.querySelector("h2").focus({ preventScroll: true }); }
    } else if (shown !== null && focus) {
      const back = opener && opener.isConnected && edition.contains(opener) ? opener : null;
      const link = back || edition.querySelector(`a[href="#customer-${shown}"]`);
      const target = link || edition.querySelector(location.hash || "[data-list]");
      if (target) { target.scrollIntoView({ block: "center" }); if (link) link.focus({ preventScroll: true }); }
    }
    shown = row ? row.place : null;
  };

  const use = (wanted) => {
    language = wanted;
    words = data.words[language];
    document.documentElement.lang = language;
    document.querySelectorAll("[data-edition]").forEach((one) => { one.hidden = one.dataset.edition !== language; });
    edition = document.querySelector(`[data-edition="${language}"]`);
    drawList();
    Object.keys(LISTS).forEach(drawEvents);
    route(false);
  };

  document.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest("[data-language]") : null;
    if (!button) return;
    use(button.dataset.language);
    const own = edition.querySelector(`[data-language="${language}"]`);
    if (own) own.focus();
  });
  window.addEventListener("hashchange", () => route(true));

  const there = Object.keys(data.words);
  const asked = /-(en|ja)$/.exec(location.hash);
  const preferred = asked ? asked[1] : (navigator.languages || [navigator.language]).map((one) => one.slice(0, 2)).find((one) => there.includes(one));
  use(there.includes(preferred) ? preferred : there[0]);
  document.documentElement.dataset.ready = "true";
})();
