// What the tests ask of any page: names, sizes, contrast, nothing over anything else.

/** Everything to press or fill in that is shown and has no name, or a small target for fingers. */
export function faults(page, least) {
  return page.evaluate((least) => {
    const found = [];
    const shown = (e) => e.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true });
    for (const e of document.querySelectorAll("button, a, input, select, textarea, summary")) {
      if (!shown(e) || e.closest("[inert]")) continue;
      const label = e.labels?.[0]?.textContent ?? "";
      const name = e.getAttribute("aria-label") ?? (label || e.textContent || "");
      const what = `${e.tagName.toLowerCase()} "${name.trim().slice(0, 30)}" ${e.className}`;
      if (!name.trim()) found.push(`no name: ${e.outerHTML.slice(0, 120)}`);
      // Links within a text, and what a label makes larger, may be smaller (WCAG 2.2, 2.5.8).
      if (e.tagName === "A" || e.closest("label")) continue;
      const { width, height } = e.getBoundingClientRect();
      if (height > 0 && (height < least - 0.5 || width < least - 0.5)) {
        found.push(`${Math.round(width)} x ${Math.round(height)}: ${what}`);
      }
    }
    return found;
  }, least);
}

/** Texts whose contrast with what is below them is under 4.5 (3 where large), before a white or black hall. */
export function dim(page) {
  return page.evaluate(() => {
    const colour = (text) => {
      const g = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
      g.fillStyle = text;
      g.fillRect(0, 0, 1, 1);
      const [r, gr, b, a] = g.getImageData(0, 0, 1, 1).data;
      return { rgb: a === 0 ? [0, 0, 0] : [r, gr, b], a: a / 255 };
    };
    const over = (top, below) => below.map((v, i) => top.rgb[i] * top.a + v * (1 - top.a));
    const light = (rgb) =>
      rgb
        .map((v) => (v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4))
        .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
    const found = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const e = node.parentElement;
      if (!node.textContent.trim() || !e.checkVisibility({ checkVisibilityCSS: true })) continue;
      // What cannot be used now is exempt, and so is what eyes do not get to see.
      if (e.closest("[aria-disabled=true], :disabled, .unseen, [inert], script, option")) continue;
      const chain = [];
      let opacity = 1;
      for (let at = e; at; at = at.parentElement) {
        chain.unshift(at);
        opacity *= Number(getComputedStyle(at).opacity);
      }
      const style = getComputedStyle(e);
      const large = Number.parseFloat(style.fontSize) >= 24;
      for (const hall of [255, 0]) {
        let below = [hall, hall, hall];
        for (const at of chain) {
          const s = getComputedStyle(at);
          const gradient = s.backgroundImage.match(/rgba?\([^)]*\)/)?.[0];
          below = over(colour(gradient ?? s.backgroundColor), below);
          if (["html", "body"].includes(at.tagName.toLowerCase())) below = [hall, hall, hall];
        }
        const ink = colour(style.color);
        const [a, b] = [light(over({ ...ink, a: ink.a * opacity }, below)), light(below)];
        const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
        if (contrast < (large ? 3 : 4.5)) {
          found.push(`${contrast.toFixed(1)} "${node.textContent.trim().slice(0, 30)}" on ${hall}`);
        }
      }
    }
    return found;
  });
}

/** Pairs of these that lie over each other, and those that leave the window. */
export function overlaps(page, selectors) {
  return page.evaluate((selectors) => {
    const boxes = selectors.flatMap((s) =>
      [...document.querySelectorAll(s)]
        .filter((e) => e.checkVisibility())
        .map((e) => ({ s, r: e.getBoundingClientRect() })),
    );
    const found = [];
    boxes.forEach(({ s, r }, i) => {
      if (r.left < -0.5 || r.top < -0.5 || r.right > innerWidth + 0.5 || r.bottom > innerHeight + 0.5)
        found.push(`${s} leaves the window`);
      for (const b of boxes.slice(i + 1)) {
        if (
          Math.min(r.right, b.r.right) - Math.max(r.left, b.r.left) > 1 &&
          Math.min(r.bottom, b.r.bottom) - Math.max(r.top, b.r.top) > 1
        )
          found.push(`${s} and ${b.s}`);
      }
    });
    if (document.documentElement.scrollWidth > innerWidth) found.push("the page is wider than the window");
    return found;
  }, selectors);
}
