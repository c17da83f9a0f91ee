/** The shaders' sources with what they share in front of them. */
import layout from "../../../render/shaders/pack_layout.gen.glsl?raw";
import colourSource from "./colour.frag.glsl?raw";
import holdSource from "./hold.frag.glsl?raw";
import latticeSource from "./lattice.frag.glsl?raw";
import marchSource from "./march.glsl?raw";
import personFragmentSource from "./person.frag.glsl?raw";
import personVertexSource from "./person.vert.glsl?raw";
import stateSource from "./state.glsl?raw";
import stripSource from "./strip.frag.glsl?raw";
import surfaceSource from "./surface.frag.glsl?raw";
import surfaceTexture from "./surface.glsl?raw";
import triangleSource from "./triangle.vert.glsl?raw";

/** What the GPU found in the strip of a frame. */
export const status = { none: 0, good: 1, checksum: 2, version: 3, window: 4 } as const;
export type Status = (typeof status)[keyof typeof status];

/** Framing windows that the GPU knows at a time. */
export const windowSlots = 8;

const prelude = `precision highp float;
precision highp int;
#define WINDOWS ${windowSlots}
#define STATUS_GOOD ${status.good}u
#define STATUS_CHECKSUM ${status.checksum}u
#define STATUS_VERSION ${status.version}u
#define STATUS_WINDOW ${status.window}u
${layout}`;

const withState = (source: string) => `${prelude}\n${stateSource}\n${source}`;
const withSurface = (source: string) => withState(`${surfaceTexture}\n${source}`);

export const triangle = triangleSource;
export const strip = `${prelude}\n${stripSource}`;
export const hold = withState(holdSource);
export const colour = withSurface(colourSource);
export const surface = withSurface(surfaceSource);
export const lattice = withSurface(latticeSource);
export const personVertex = personVertexSource;
export const personFragment = withSurface(`${marchSource}\n${personFragmentSource}`);
