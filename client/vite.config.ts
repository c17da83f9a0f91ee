import { defineConfig } from "vite";

export default defineConfig({
  // Relative addresses, so that a node may serve the page below a path.
  base: "./",
  // The face networks' weights; their package does not export them.
  resolve: {
    alias: {
      "face-models": decodeURIComponent(
        new URL("node_modules/@vladmandic/human/models", import.meta.url).pathname,
      ),
    },
  },
  // The shaders' layout constants lie beside the node's own shaders.
  server: { fs: { allow: [".."] } },
  build: { outDir: "dist", emptyOutDir: false, assetsInlineLimit: 0, chunkSizeWarningLimit: 900 },
});
