import { defineConfig } from "vite";

export default defineConfig({
  // Relative addresses, so that a node may serve the page below a path.
  base: "./",
  // The shaders' layout constants lie beside the node's own shaders.
  server: { fs: { allow: [".."] } },
  build: { outDir: "dist", emptyOutDir: false, assetsInlineLimit: 0, chunkSizeWarningLimit: 900 },
});
