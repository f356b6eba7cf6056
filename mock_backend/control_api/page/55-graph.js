// A process graph as a drawing: nodes in columns by how far they are from the data.

const SVG = "http://www.w3.org/2000/svg";
const BOX = { width: 168, height: 46, across: 34, down: 16 };

function svg(tag, attributes = {}, ...children) {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/** Return the ids of the nodes that an argument refers to, those of child processes aside. */
function sourcesOf(value) {
  if (Array.isArray(value)) return value.flatMap(sourcesOf);
  if (value === null || typeof value !== "object" || value.process_graph) return [];
  return [...("from_node" in value ? [value.from_node] : []), ...Object.values(value).flatMap(sourcesOf)];
}

/** Say in a few words what a node does besides its name. */
function gist(node) {
  const found = node.arguments ?? {};
  const child = Object.values(found).find((each) => each?.process_graph);
  if (child) return Object.values(child.process_graph).map((each) => each.process_id).join(", ");
  const first = ["id", "format", "method", "url", "dimension", "target_band", "x", "y"].map((name) => found[name])
    .filter((each) => typeof each === "string" || typeof each === "number");
  return first.slice(0, 2).join(", ");
}

function drawGraph(holder, graph) {
  const key = JSON.stringify(graph);
  if (holder.dataset.key === key) return;
  holder.dataset.key = key;
  const ids = Object.keys(graph ?? {});
  const sources = Object.fromEntries(ids.map((id) => [id, [...new Set(sourcesOf(graph[id].arguments))].filter((each) => each in graph)]));
  const column = {};
  const depth = (id, path = new Set()) => {
    if (path.has(id)) return 0;
    column[id] ??= sources[id].length ? 1 + Math.max(...sources[id].map((each) => depth(each, new Set([...path, id])))) : 0;
    return column[id];
  };
  ids.forEach((id) => depth(id));
  const heights = [];
  const place = {};
  for (const id of [...ids].sort((a, b) => column[a] - column[b])) {
    const row = heights[column[id]] ?? 0;
    heights[column[id]] = row + 1;
    place[id] = { x: 14 + column[id] * (BOX.width + BOX.across), y: 14 + row * (BOX.height + BOX.down) };
  }
  const width = 28 + heights.length * (BOX.width + BOX.across) - BOX.across;
  const height = 28 + Math.max(...heights, 1) * (BOX.height + BOX.down) - BOX.down;
  const drawing = svg("svg", { viewBox: `0 0 ${width} ${height}` });
  const arrow = svg("marker", { id: `arrow-${width}`, viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: 8, markerHeight: 8, orient: "auto" }, svg("path", { d: "M0 0L8 4L0 8z" }));
  drawing.append(svg("defs", {}, arrow));
  for (const id of ids) {
    for (const source of sources[id]) {
      const [from, to] = [place[source], place[id]];
      const [x1, y1, x2, y2] = [from.x + BOX.width, from.y + BOX.height / 2, to.x, to.y + BOX.height / 2];
      const bend = Math.max((x2 - x1) / 2, 20);
      drawing.append(svg("path", { d: `M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2 - 1} ${y2}`, "marker-end": `url(#arrow-${width})` }));
    }
  }
  for (const id of ids) {
    const { x, y } = place[id];
    const below = gist(graph[id]);
    const short = (text, most) => (text.length > most ? `${text.slice(0, most - 1)}…` : text);
    const box = svg("g", { class: graph[id].result ? "result" : "" },
      svg("rect", { x, y, width: BOX.width, height: BOX.height, rx: 9 }),
      svg("text", { x: x + 11, y: y + (below ? 20 : 28) }, short(graph[id].process_id ?? id, 23)));
    if (below) box.append(svg("text", { class: "sub", x: x + 11, y: y + 36 }, short(below, 24)));
    box.append(svg("title", {}, `${id}: ${JSON.stringify(graph[id].arguments ?? {}, null, 1).slice(0, 1500)}`));
    drawing.append(box);
  }
  holder.setAttribute("aria-label", `The process graph: ${ids.map((id) => graph[id].process_id).join(", ")}`);
  // As wide as there is room for, but never too small to read.
  drawing.style.minWidth = `${Math.round(width * 0.72)}px`;
  drawing.style.maxWidth = `${width}px`;
  holder.replaceChildren(drawing);
}
