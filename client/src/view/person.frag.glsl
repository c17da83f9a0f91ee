// Colours the person a fragment.
// In:  projective, near: see person.vert.glsl
//      and what march.glsl needs
// Out: sRGB with alpha multiplied in
//
// The mesh is coarse. Where no depth step is near it is the surface; at the
// person's edge, where one sees through it, the ray goes on behind it. Near a
// step it only lies before what the view saw, and the ray is followed from there.
in vec3 projective;
in vec2 near;

out vec4 pixel;

void main() {
  if (near.x < 0.0) discard;
  bool onSurface = near.y == 0.0;
  vec4 c = vec4(0.0);
  if (onSurface) {
    put(c, colourAt(projective.xy / projective.z));
    if (c.a < least) discard; // what is drawn behind shows by itself
  }
  if (near.x + near.y > 0.0 && c.a < opaque) c = march(rayThrough(projective), onSurface, c);
  if (c.a < least) discard;
  pixel = c;
}
