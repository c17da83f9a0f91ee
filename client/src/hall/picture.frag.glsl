// A picture with round corners and a rim.
// In:  picture  sRGB, row 0 at the top; share  what of it is shown, above 1 more than it has
//      size, radius, rimWidth  metres; rim  sRGB of the rim; ready  0 without a picture yet
// Out: sRGB with alpha multiplied in
precision highp float;

uniform sampler2D picture;
uniform vec2 share, size;
uniform float radius, rimWidth, ready;
uniform vec3 rim;

in vec2 at;

out vec4 pixel;

const vec3 empty = vec3(0.08, 0.1, 0.11);

void main() {
  vec2 outside = abs((at - 0.5) * size) - 0.5 * size + radius;
  float d = length(max(outside, 0.0)) + min(max(outside.x, outside.y), 0.0) - radius;
  float soft = max(fwidth(d), 1e-6);
  float alpha = clamp(0.5 - d / soft, 0.0, 1.0);
  if (alpha == 0.0) discard;
  vec2 st = (at - 0.5) * share;
  vec3 c = texture(picture, vec2(0.5 + st.x, 0.5 - st.y)).rgb;
  if (ready == 0.0 || max(abs(st.x), abs(st.y)) > 0.5) c = empty;
  c = mix(c, rim, clamp(0.5 + (d + rimWidth) / soft, 0.0, 1.0));
  pixel = vec4(c, 1.0) * alpha;
}
