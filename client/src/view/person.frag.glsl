// Colours the person a fragment.
// In:  projective, steep: see person.vert.glsl
//      colour  sRGB and matte; depth  luma / 255; state  the held view's camera
//      unit    size of a canvas pixel at one metre from the page's eye, metres
// Out: sRGB with alpha multiplied in
precision highp float;
precision highp int;

uniform sampler2D colour;
uniform sampler2D depth;
uniform usampler2D state;
uniform float unit;

in vec3 projective;
in float steep;

out vec4 pixel;

const float depthStep = 0.03;    // metres; a greater difference is a depth step
const float slope = 2.0;        // a steeper surface may be taken for a step
const float stretch = 1.6;  // from which the surface between two depths is seen to be none

float depthAt(vec2 st, ViewCamera camera) {
  ivec2 size = textureSize(depth, 0);
  ivec2 at = clamp(ivec2(st * vec2(size)), ivec2(0), size - 1);
  return metresOf(255.0 * texelFetch(depth, at, 0).r, camera.near, camera.far);
}

// What lies behind a depth step: the furthest of the surfaces beside it that is
// more than a slope away from own, the depth here. pitch is a depth texel's size
// on the surface, metres. Returns w = 0 where there is nothing of the person.
vec4 behind(vec2 st, float own, float pitch, ViewCamera camera) {
  const float reach = 3.0; // depth texels: beyond the cell that the step is in
  float best = own + depthStep + slope * reach * pitch;
  vec4 found = vec4(0.0);
  for (int i = 0; i < 8; i++) {
    float angle = float(i) * 0.7853981634;
    vec2 at = st + reach * vec2(cos(angle), sin(angle)) / vec2(textureSize(depth, 0));
    float far = depthAt(at, camera);
    vec4 c = texture(colour, at);
    if (far > best && c.a > 0.5) {
      best = far;
      found = c;
    }
  }
  return found;
}

void main() {
  vec2 st = projective.xy / projective.z;
  vec2 dx = dFdx(st), dy = dFdy(st); // before any branch, where they are defined
  vec4 c = texture(colour, st);
  if (steep > 0.0) {
    ViewCamera camera = cameraOf(state);
    float z = projective.z, own = depthAt(st, camera);
    vec2 size = 2.0 * camera.halfSize;
    float toWindow = dot(camera.eye - camera.center, cross(camera.right, camera.up));
    float pitch = size.x * own / (toWindow * float(textureSize(depth, 0).x));
    if (abs(own - z) > depthStep + slope * pitch) {
      // A triangle across a step. How much wider than a surface at this depth
      // would be is it drawn?
      float pixelSize = unit / gl_FragCoord.w;
      float flatArea = pixelSize * pixelSize * toWindow * toWindow / (z * z * size.x * size.y);
      float area = abs(dx.x * dy.y - dx.y * dy.x);
      if (flatArea > stretch * area) {
        // Beyond the silhouette nothing is seen. The surface behind is drawn
        // wider than it is; the one in front is not, what is behind shows.
        if (c.a < 0.5) discard;
        if (own < z) c = behind(st, own, pitch, camera);
        if (c.a == 0.0) discard;
      }
    }
  }
  float alpha = smoothstep(0.25, 0.75, c.a);
  if (alpha < 0.02) discard;
  pixel = vec4(c.rgb * alpha, alpha);
}
