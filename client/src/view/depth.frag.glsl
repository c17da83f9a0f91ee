// Keeps the depth tile of the last good frame.
// In:  video  the packed frame, row 0 at the top; seen, its camera; size, colour tile in pixels
// Out: depth luma / 255 at half the colour's size, row 0 at the top
precision highp float;
precision highp int;

uniform sampler2D video;
uniform usampler2D seen;
uniform ivec2 size;

out vec4 depth;

void main() {
  if (statusOf(seen) != STATUS_GOOD) discard;
  float luma = lumaOf(texelFetch(video, ivec2(gl_FragCoord.xy) + ivec2(0, size.y), 0).g);
  depth = vec4(luma / 255.0, 0.0, 0.0, 1.0);
}
