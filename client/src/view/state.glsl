// The camera of a packed frame as strip.frag.glsl writes it: lengths in
// metres, points in the cube's frame.
//   0: eye.xyz, status   1: near, far, window id, sequence
//   2: window centre.xyz, half width   3: right.xyz, half height   4: up.xyz, milliseconds
precision highp usampler2D;

struct ViewCamera {
  vec3 eye;
  float near, far;
  vec3 center, right, up;
  vec2 halfSize;
};

uint statusOf(usampler2D state) {
  return texelFetch(state, ivec2(0, 0), 0).w;
}

ViewCamera cameraOf(usampler2D state) {
  vec4 c = uintBitsToFloat(texelFetch(state, ivec2(2, 0), 0));
  vec4 r = uintBitsToFloat(texelFetch(state, ivec2(3, 0), 0));
  vec2 range = uintBitsToFloat(texelFetch(state, ivec2(1, 0), 0).xy);
  vec3 eye = uintBitsToFloat(texelFetch(state, ivec2(0, 0), 0).xyz);
  vec3 up = uintBitsToFloat(texelFetch(state, ivec2(4, 0), 0).xyz);
  return ViewCamera(eye, range.x, range.y, c.xyz, r.xyz, up, vec2(c.w, r.w));
}

// Distance of the view's eye from the window, metres.
float toWindow(ViewCamera camera) {
  return dot(camera.eye - camera.center, cross(camera.right, camera.up));
}

// A grey level of decoded video, 0..1, as luma in limited range.
float lumaOf(float grey) {
  return 16.0 + 219.0 * grey;
}
