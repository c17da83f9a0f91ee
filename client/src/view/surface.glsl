// The surface texture: what of the person each texel of the depth tile shows.
//   rg: nearness, 16 bits, high byte first   a: matte
//   b:  doubt of the nearness: 1 where it is a guess, 1/2 at the person's edge
// Nearness is 0 at the far end of the view's depth window and 1 at the near
// end, linear in 1 / depth; so is the way of a ray over the view (march.glsl).
const float depthStep = 0.03;  // metres; a greater difference is a depth step
const float slope = 2.0;       // a steeper surface may be taken for a step

vec4 surfaceCode(float nearness, float doubt, float matte) {
  float code = floor(clamp(nearness, 0.0, 1.0) * 65535.0 + 0.5), high = floor(code / 256.0);
  return vec4(high / 255.0, (code - 256.0 * high) / 255.0, doubt, matte);
}

// x nearness, y matte
vec2 surfaceOf(vec4 code) {
  return vec2((code.r * 256.0 + code.g) * (255.0 / 65535.0), code.a);
}

float doubtOf(vec4 code) {
  return code.b;
}

// A grey level of decoded video as nearness; as matte, 0..1.
float nearnessOf(float grey) {
  return clamp((lumaOf(grey) - float(PACK_DEPTH_FAR)) / float(PACK_DEPTH_NEAR - PACK_DEPTH_FAR), 0.0, 1.0);
}

float matteOf(float grey) {
  return clamp((lumaOf(grey) - float(PACK_MATTE_ZERO)) / float(PACK_MATTE_ONE - PACK_MATTE_ZERO), 0.0, 1.0);
}

// Metres along the window's normal, and the inverse.
float metresOf(float nearness, ViewCamera camera) {
  return 1.0 / mix(1.0 / camera.far, 1.0 / camera.near, nearness);
}

float nearnessAt(float metres, ViewCamera camera) {
  return (1.0 / metres - 1.0 / camera.far) / (1.0 / camera.near - 1.0 / camera.far);
}

// The difference of nearness that is a depth step at a nearness; texels across the tile.
float stepAt(float nearness, ViewCamera camera, float texels) {
  float w = mix(1.0 / camera.far, 1.0 / camera.near, nearness);
  float pitch = 2.0 * camera.halfSize.x / (w * toWindow(camera) * texels);
  return (depthStep + slope * pitch) * w * w / (1.0 / camera.near - 1.0 / camera.far);
}
