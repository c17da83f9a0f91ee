import { expect, it } from "vitest";
import { optionsOf, pointOf } from "./options";

it("reads the address", () => {
  expect(optionsOf(new URL("http://x/?eye=0.1,-0.2,1.3&freeze&cube=a&plain#key=s%20t"))).toEqual({
    cube: "a",
    eye: [0.1, -0.2, 1.3],
    frozen: true,
    plain: true,
    key: "s t",
  });
  expect(optionsOf(new URL("http://x/"))).toEqual({
    cube: undefined,
    eye: undefined,
    frozen: false,
    plain: false,
    key: undefined,
  });
});

it.each(["", "1,2", "1,2,3,4", "a,b,c", "1,,3", "1,2,Infinity"])("takes no eye from %j", (s) => {
  expect(pointOf(s)).toBeUndefined();
});
