// Places the mesh's vertices.
// In:  position  s, t of the vertex in the colour tile, 0..1, t downwards
//      lattice   see lattice.frag.glsl
// Out: clip space of the page's camera;
//      projective  s*z, t*z, z: linear on a plane in space, hence exact where divided a fragment
//      near        x above 0 where the person's edge is near, y where a depth step is;
//                  x far below 0 towards a vertex where nobody is
precision highp float;
precision highp int;
precision highp usampler2D;

uniform usampler2D lattice;
uniform mat4 modelViewMatrix;
uniform mat4 projectionMatrix;

in vec3 position;

out vec3 projective;
out vec2 near;

void main() {
  vec2 st = position.xy;
  vec4 vertex = uintBitsToFloat(texelFetch(lattice, ivec2(st * vec2(textureSize(lattice, 0) - 1) + 0.5), 0));
  float kind = floor(vertex.w / 16.0), z = vertex.w - 16.0 * kind;
  projective = vec3(st * z, z);
  near = z == 0.0 ? vec2(-1e4, 0.0) : vec2(kind == 1.0 ? 1.0 : 0.0, kind == 2.0 ? 1.0 : 0.0);
  // Triangles with a vertex where nobody is are not drawn: most GPUs drop what
  // is not a number before it costs anything, near catches what others draw.
  gl_Position = z == 0.0 ? vec4(uintBitsToFloat(0x7fc00000u)) : projectionMatrix * modelViewMatrix * vec4(vertex.xyz, 1.0);
}
