// Keeps colour and matte of the last good frame.
// In:  video  the packed frame, row 0 at the top; seen, its camera; size, colour tile in pixels
// Out: sRGB colour, and the matte 0..1 in alpha, at the colour's size, row 0 at the top
precision highp float;
precision highp int;

uniform sampler2D video;
uniform usampler2D seen;
uniform ivec2 size;

out vec4 colour;

void main() {
  if (statusOf(seen) != STATUS_GOOD) discard;
  vec2 tile = vec2(size) * 0.5;
  // The matte has half the size; half a texel keeps its neighbours out.
  vec2 at = clamp(gl_FragCoord.xy * 0.5, vec2(0.5), tile - 0.5) + vec2(tile.x, float(size.y));
  float matte = matteOf(texture(video, at / vec2(textureSize(video, 0))).g);
  colour = vec4(texelFetch(video, ivec2(gl_FragCoord.xy), 0).rgb, matte);
}
