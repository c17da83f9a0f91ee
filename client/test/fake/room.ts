/**
 * The room's controls without a node: ?prejoin shows the page before joining,
 * else one is in a made-up meeting. For tests only; window.meeting has it all.
 */
import { Devices } from "../../src/devices/devices";
import { languageOf, speak } from "../../src/text/text";
import { Memory, storageOf } from "../../src/ui/choices";
import { type Joining, Prejoin, skipped } from "../../src/ui/prejoin";
import { RoomControls } from "../../src/ui/room";
import { Hearing } from "../../src/voice/hearing";
import { Voices } from "../../src/voice/voices";
import { meeting } from "./scene";

const address = new URL(location.href);
const memory = new Memory(storageOf(window));
speak(languageOf(address.searchParams.get("lang"), memory.choices.language, navigator.languages));
const devices = new Devices(navigator.mediaDevices, {
  camera: memory.choices.cameraId,
  microphone: memory.choices.microphoneId,
});
const voices = new Voices();
const root = document.getElementById("room") as HTMLElement;
const session = meeting(document.documentElement.lang.startsWith("zh"));
const actions: string[] = [];
const act =
  (name: string) =>
  (...args: unknown[]) => {
    actions.push([name, ...args.map((a) => JSON.stringify(a))].join(" "));
  };

const fake = {
  session,
  voices,
  devices,
  memory,
  actions,
  controls: undefined as RoomControls | undefined,
  joining: undefined as Joining | undefined,
};

function enter(joining?: Joining): void {
  fake.controls = new RoomControls(
    root,
    session,
    {
      recentre: act("recentre"),
      declare: act("declare"),
      reduceMotion: act("reduceMotion"),
      focus: act("focus"),
      statistics: act("statistics"),
      invitation: async () => "https://node.example/?room=garden&token=abc",
      leave: () => session.leave(),
      enterAgain: act("enterAgain"),
      track: act("track"),
    },
    { devices, voices, memory },
  );
  new Hearing(session, voices);
  if (joining) fake.controls.begin(joining);
}

async function prejoin(): Promise<void> {
  const slow = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
  const page = new Prejoin(root, {
    room: "garden",
    devices,
    voices,
    memory,
    probes: {
      node: async () => ({ roundTrip: 4.2 }),
      websocket: async () => slow(40).then(() => ({ roundTrip: 12 })),
      udp: async () => {
        await slow(40);
        throw new Error("no candidate pair within 5 s");
      },
      tcp: async () => slow(40).then(() => ({ roundTrip: 21 })),
      bitrate: async () => ({ bitrate: 14.2e6 }),
    },
  });
  fake.joining = await page.ask();
  page.close();
  enter(fake.joining);
}

function paint(): void {
  const canvas = document.getElementById("canvas") as HTMLCanvasElement;
  [canvas.width, canvas.height] = [innerWidth, innerHeight];
  const g = canvas.getContext("2d");
  if (!g) return;
  const wall = g.createLinearGradient(0, 0, 0, innerHeight);
  wall.addColorStop(0, "#cfd3cf");
  wall.addColorStop(0.6, "#a9aaa2");
  wall.addColorStop(1, "#5d5348");
  g.fillStyle = wall;
  g.fillRect(0, 0, innerWidth, innerHeight);
  ["#6b4a3a", "#3a5a6b", "#5d6b3a"].forEach((colour, i) => {
    const [x, y, r] = [innerWidth * (0.25 + 0.25 * i), innerHeight * 0.45, innerHeight * 0.09];
    g.fillStyle = colour;
    g.beginPath();
    g.ellipse(x, y + 3.4 * r, 2 * r, 2.4 * r, 0, 0, 7);
    g.fill();
    g.fillStyle = "#d9b08c";
    g.beginPath();
    g.ellipse(x, y, 0.8 * r, r, 0, 0, 7);
    g.fill();
  });
}

declare global {
  interface Window {
    meeting?: typeof fake;
  }
}
window.meeting = fake;
paint();
addEventListener("resize", paint);
const skip = skipped(address, memory);
if (address.searchParams.has("prejoin") && !skip) void prejoin();
else enter(skip);
