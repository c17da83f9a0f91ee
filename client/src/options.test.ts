import { expect, it } from "vitest";
import { optionsOf, pointOf, withoutToken } from "./options";

it("reads the address", () => {
  expect(optionsOf(new URL("http://x/?eye=0.1,-0.2,1.3&freeze&cube=a&plain#key=s%20t"))).toEqual({
    cube: "a",
    eye: [0.1, -0.2, 1.3],
    frozen: true,
    plain: true,
    key: "s t",
    room: undefined,
    token: undefined,
    monitor: undefined,
  });
  expect(optionsOf(new URL("http://x/"))).toEqual({
    cube: undefined,
    eye: undefined,
    frozen: false,
    plain: false,
    key: undefined,
    room: undefined,
    token: undefined,
    monitor: undefined,
  });
});

it.each([
  ["http://x/?room=a%20b#token=t", "a b", "t", "http://x/?room=a%20b"],
  ["http://x/#room=a&token=t", "a", "t", "http://x/#room=a"],
  ["http://x/?token=t&room=a", "a", "t", "http://x/?room=a"],
  ["http://x/?room=", undefined, undefined, "http://x/?room="],
])("finds the room of %s, and takes the token out", (address, room, token, bare) => {
  const options = optionsOf(new URL(address));
  expect([options.room, options.token]).toEqual([room, token]);
  expect(withoutToken(new URL(address)).href.replace("+", "%20")).toBe(bare);
});

it("reads a declared screen", () => {
  expect(optionsOf(new URL("http://x/?room=a&screen=60x34@65")).monitor?.width).toBe(0.6);
});

it.each(["", "1,2", "1,2,3,4", "a,b,c", "1,,3", "1,2,Infinity"])("takes no eye from %j", (s) => {
  expect(pointOf(s)).toBeUndefined();
});
