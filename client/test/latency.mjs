// Measures, and asserts nothing: capture instant in the strip to the drawn
// picture, on a canvas of 640 x 360. For the budget the node should run
// with 256 x 256 at 12 views a second, and nothing else on the machine.
import { openPage, withBrowser } from "./browser.mjs";
import { nodeAddress, views } from "./node.mjs";

const seconds = Number(process.env.SECONDS_TO_MEASURE ?? 20);

await withBrowser("latency", async (browser) => {
  const page = await openPage(browser, nodeAddress(), { viewport: { width: 640, height: 360 } });
  await views(page, 30);
  const start = await page.evaluate(() => [window.virtualcube.state().views, performance.now()]);
  await page.waitForTimeout(1000 * seconds);
  const { figures, samples, end, state } = await page.evaluate(() => ({
    figures: window.virtualcube.stats(),
    samples: window.virtualcube.latencySamples(),
    end: [window.virtualcube.state().views, performance.now()],
    state: window.virtualcube.state(),
  }));
  const count = end[0] - start[0];
  const sorted = samples.slice(-count).sort((a, b) => a - b);
  const at = (q) => Math.round(sorted[Math.floor(q * (sorted.length - 1))]);
  console.log(
    JSON.stringify({
      views_per_second: Number(((1000 * count) / (end[1] - start[1])).toFixed(1)),
      latency_ms: { median: at(0.5), p95: at(0.95), least: at(0) },
      round_trip_ms: figures.roundTrip,
      video: state.video,
      software_webgl: state.software,
    }),
  );
});
