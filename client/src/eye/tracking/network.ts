/**
 * The two networks, BlazeFace and the face mesh of MediaPipe, in WebAssembly
 * on the processor. They come from packages with the page; nothing is asked of
 * another host.
 */
import { setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import simd from "@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url";
import { type GraphModel, loadGraphModel } from "@tensorflow/tfjs-converter";
import { env, io, ready, setBackend, type Tensor, tensor, tidy } from "@tensorflow/tfjs-core";
import detectorWeights from "face-models/blazeface.bin?url";
import detectorModel from "face-models/blazeface.json?url";
import meshWeights from "face-models/facemesh.bin?url";
import meshModel from "face-models/facemesh.json?url";
import { detectorSide, meshSide } from "./crop";

export interface Networks {
  /** Scores and boxes of all anchors, of a picture of detectorSide. */
  detect(rgba: Uint8ClampedArray): { scores: Float32Array; boxes: Float32Array };
  /** x, y, z of 468 points in pixels of meshSide, and whether there is a face, 0 to 1. */
  mesh(rgba: Uint8ClampedArray): { points: Float32Array; presence: number };
}

export async function loadNetworks(): Promise<Networks> {
  // Threads would need the page to be isolated from other origins.
  env().set("WASM_HAS_MULTITHREAD_SUPPORT", false);
  // It wants an address for each of its three builds and loads but one.
  const builds = ["", "-simd", "-threaded-simd"];
  setWasmPaths(Object.fromEntries(builds.map((build) => [`tfjs-backend-wasm${build}.wasm`, simd])));
  if (!(await env().getAsync("WASM_HAS_SIMD_SUPPORT")))
    throw new Error("this browser has no WebAssembly SIMD");
  if (!(await setBackend("wasm"))) throw new Error("WebAssembly did not start");
  await ready();
  const [detector, mesh] = await Promise.all([
    model(detectorModel, detectorWeights),
    model(meshModel, meshWeights),
  ]);
  return {
    detect(rgba) {
      const answers = answersOf(detector, input(rgba, detectorSide, 2, -1));
      // Coarse and fine anchors come apart: 512 fine, then 384.
      const join = (a: number, b: number) =>
        Float32Array.from([...bySize(answers, a), ...bySize(answers, b)]);
      return { scores: join(512, 384), boxes: join(512 * 16, 384 * 16) };
    },
    mesh(rgba) {
      const answers = answersOf(mesh, input(rgba, meshSide, 1, 0));
      return { points: bySize(answers, 468 * 3), presence: bySize(answers, 1)[0] ?? 0 };
    },
  };
}

async function model(topology: string, weights: string): Promise<GraphModel> {
  const [json, weightData] = await Promise.all([
    fetched(topology).then((r) => r.json()),
    fetched(weights).then((r) => r.arrayBuffer()),
  ]);
  const artifacts: io.ModelArtifacts = {
    modelTopology: json.modelTopology,
    weightSpecs: json.weightsManifest[0].weights,
    weightData,
    signature: json.signature,
  };
  return loadGraphModel(io.fromMemory(artifacts));
}

async function fetched(address: string): Promise<Response> {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`fetch ${address}: status ${response.status}`);
  return response;
}

/** A picture as numbers from low to low + span. */
function input(rgba: Uint8ClampedArray, side: number, span: number, low: number): Float32Array {
  const values = new Float32Array(side * side * 3);
  const k = span / 255;
  for (let from = 0, to = 0; to < values.length; from += 4) {
    values[to++] = (rgba[from] ?? 0) * k + low;
    values[to++] = (rgba[from + 1] ?? 0) * k + low;
    values[to++] = (rgba[from + 2] ?? 0) * k + low;
  }
  return values;
}

function answersOf(network: GraphModel, values: Float32Array): Float32Array[] {
  const side = Math.sqrt(values.length / 3);
  let answers: Float32Array[] = [];
  tidy(() => {
    const out = network.execute(tensor(values, [1, side, side, 3])) as Tensor[];
    answers = out.map((t) => t.dataSync<"float32">().slice());
  });
  return answers;
}

/** The packages leave the order of a network's answers open; their sizes are known. */
function bySize(answers: Float32Array[], size: number): Float32Array {
  const found = answers.find((a) => a.length === size);
  if (!found) throw new Error(`the network gave no answer of ${size} numbers`);
  return found;
}
