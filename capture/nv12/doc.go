// Package nv12 brings the colour layouts that cameras and picture files have
// (RGB, BGRA, YUY2) to NV12, and pictures to those that picture files have. The
// matrix is BT.601, as everywhere in the project; chroma is averaged over its
// 2 x 2 pixels.
package nv12
