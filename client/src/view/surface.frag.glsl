// Keeps depth and matte of the last good frame, cleaned of the codec's noise.
// In:  video  the packed frame, row 0 at the top; seen, its camera; size, colour tile in pixels
//      colour, its matte in alpha
// Out: surface.glsl's texture at half the colour's size, row 0 at the top
precision highp float;
precision highp int;

uniform sampler2D video;
uniform sampler2D colour;
uniform usampler2D seen;
uniform ivec2 size;

out vec4 surface;

const float nobody = 0.02; // matte
const float person = 0.5; // matte from which a texel's depth is the person's

// The least and the greatest matte round a texel. Each tap is the mean of 2 x 2 texels.
vec2 matteRange(ivec2 at, ivec2 tile) {
  vec2 range = vec2(1.0, 0.0);
  for (int i = 0; i < 4; i++) {
    float m = textureLod(colour, vec2(at + ivec2(i & 1, i >> 1)) / vec2(tile), 0.0).a;
    range = vec2(min(range.x, m), max(range.y, m));
  }
  return range;
}

void main() {
  if (statusOf(seen) != STATUS_GOOD) discard;
  ivec2 tile = size / 2, at = ivec2(gl_FragCoord.xy), top = ivec2(0, size.y);
  vec2 range = matteRange(at, tile);
  if (range.y < nobody) {
    surface = surfaceCode(nearnessOf(texelFetch(video, at + top, 0).g), 1.0, 0.0);
    return;
  }
  bool edge = range.x < 1.0 - nobody;
  ViewCamera camera = cameraOf(seen);
  float t[9]; // nearness, -1 beyond the person
  float matte = 0.0, own = 0.0, nearest = 0.0, furthest = 1.0, beyond = 0.0;
  for (int i = 0; i < 9; i++) {
    ivec2 p = clamp(at + ivec2(i % 3, i / 3) - 1, ivec2(0), tile - 1) + top;
    float m = edge ? matteOf(texelFetch(video, p + ivec2(tile.x, 0), 0).g) : 1.0;
    t[i] = nearnessOf(texelFetch(video, p, 0).g);
    if (i == 4) {
      matte = m;
      own = t[i];
    }
    if (m > person) {
      nearest = max(nearest, t[i]);
      furthest = min(furthest, t[i]);
    } else {
      t[i] = -1.0;
      beyond = 1.0;
    }
  }
  float reach = stepAt(own, camera, float(tile.x));
  if (nearest >= furthest) {
    // Beyond the edge depth is the node's guess: what is beside it is known. And a
    // codec draws a step as a ramp, but there is no surface on a ramp: what lies
    // between two surfaces belongs to the closer one.
    if (matte <= person) own = furthest;
    if (nearest - furthest > 2.0 * reach) own = nearest - own < own - furthest ? nearest : furthest;
  }
  float sum = 0.01 * own, weight = 0.01;
  for (int i = 0; i < 9; i++) {
    float w = t[i] >= 0.0 && abs(t[i] - own) < reach ? (i == 4 ? 4.0 : (i & 1) == 1 ? 2.0 : 1.0) : 0.0;
    sum += w * t[i];
    weight += w;
  }
  surface = surfaceCode(sum / weight, nearest < furthest ? 1.0 : 0.5 * beyond, matte);
}
