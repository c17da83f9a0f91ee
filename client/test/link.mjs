// The link with the browser's own peer connections, against a made-up node in
// the page: what is published arrives in its section without negotiation, what
// the node sends arrives with its name, looks go by their channel; a lost
// socket, new ways of the media, and a page that is loaded again.
import assert from "node:assert/strict";
import { join } from "node:path";
import { createServer } from "vite";
import { openPage, withBrowser } from "./browser.mjs";

const server = await createServer({
  root: join(import.meta.dirname, ".."),
  logLevel: "error",
  server: { port: 0, host: "127.0.0.1" },
});
await server.listen();
const address = new URL("test/fake/link.html", server.resolvedUrls.local[0]).href;

await withBrowser("link", async (browser) => {
  const page = await openPage(browser, address);
  await page.waitForFunction(() => window.fake);
  const connected = () =>
    page.waitForFunction(
      () =>
        window.fake.link.connection === "connected" && window.fake.node.peer.connectionState === "connected",
    );
  /** Waits for five more frames of a section; their height. */
  const arrives = (section) =>
    page.evaluate(async (s) => {
      const [before] = await window.fake.received(s);
      for (let n = 0; n < 200; n++) {
        const [frames, height] = await window.fake.received(s);
        if (frames >= before + 5) return height;
        await new Promise((done) => setTimeout(done, 100));
      }
      throw new Error(`no frames arrive in section ${s}`);
    }, section);

  await page.evaluate(() => window.fake.enter());
  await connected();
  const directions = await page.evaluate(() =>
    window.fake.node.peer.getTransceivers().map((t) => t.currentDirection),
  );
  assert.deepEqual(
    directions,
    ["recvonly", "recvonly", "recvonly"],
    "the page must be ready to send from the start",
  );

  await page.evaluate(() => window.fake.publish("camera"));
  const height = await arrives(1);
  assert.equal(height, 360, "a webcam of 720 lines is sent with 360");
  assert.equal(await page.evaluate(() => window.fake.node.offers), 1, "switching on needs no negotiation");

  await page.evaluate(() => window.fake.send());
  await page.waitForFunction(() => window.fake.link.streams.length === 1);
  const arriving = await page.evaluate(() => {
    const [a] = window.fake.link.streams;
    return [a.stream.person, a.track.kind, a.track.readyState];
  });
  assert.deepEqual(arriving, ["p2", "video", "live"]);

  await page.waitForFunction(() => {
    window.fake.look();
    return window.fake.looks.length > 0;
  });
  assert.deepEqual(await page.evaluate(() => window.fake.looks[0].eye), [0, 0, 0.1]);

  // The socket dies: the media goes on, and the seat is there.
  await page.evaluate(() => window.fake.die());
  assert.equal(await page.evaluate(() => window.fake.link.stage), "away");
  await arrives(1);
  await page.waitForFunction(() => window.fake.link.stage === "in");
  const entered = await page.evaluate(() => window.fake.node.asked.filter((m) => m.type === "enter").at(-1));
  assert.deepEqual([entered.resume, entered.revision], ["secret", 1]);

  // Another network: new ways, the same connection.
  const ways = () =>
    page.evaluate(() => /a=ice-ufrag:(\S+)/.exec(window.fake.node.peer.localDescription.sdp)[1]);
  const before = await ways();
  await page.evaluate(() => window.dispatchEvent(new Event("online")));
  await page.waitForFunction(() => window.fake.node.offers === 3);
  await page.waitForFunction(() => window.fake.node.peer.signalingState === "stable");
  assert.notEqual(await ways(), before);
  await connected();
  await arrives(1);

  // The page is loaded again: same participant, new connection.
  await page.evaluate(() => window.fake.reload());
  await page.waitForFunction(() => window.fake.link.stage === "in");
  await connected();
  const again = await page.evaluate(() => window.fake.node.asked.filter((m) => m.type === "enter").at(-1));
  assert.deepEqual([again.resume, again.revision, again.token], ["secret", 0, "t"]);
  assert.equal(await page.evaluate(() => window.fake.link.state.people.get("p2").name), "Ada");
  await page.evaluate(() => window.fake.publish("screen"));
  const lines = await arrives(2);
  assert.equal(lines, 720, "a screen is sent as it is");
  assert.deepEqual(page.errors, []);
});
await server.close();
