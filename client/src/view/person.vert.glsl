// Unprojects the held view: places the mesh's vertices in the cube.
// In:  position  s, t of the vertex in the colour tile, 0..1, t downwards
//      lattice, state: see lattice.frag.glsl and state.glsl
// Out: clip space of the page's camera;
//      projective  s*z, t*z, z: linear on a plane in space, hence exact where divided a fragment
//      steep       above 0 where a depth step is near
precision highp float;
precision highp int;

uniform usampler2D lattice;
uniform usampler2D state;
uniform mat4 modelViewMatrix;
uniform mat4 projectionMatrix;

in vec3 position;

out vec3 projective;
out float steep;

void main() {
  ViewCamera camera = cameraOf(state);
  vec2 st = position.xy;
  ivec2 at = ivec2(st * vec2(textureSize(lattice, 0) - 1) + 0.5);
  vec2 vertex = uintBitsToFloat(texelFetch(lattice, at, 0).xy);
  float z = vertex.x;

  // A point of the window, and the surface behind it as the view's eye saw it.
  vec3 onWindow = camera.center + (2.0 * st.x - 1.0) * camera.halfSize.x * camera.right
                + (1.0 - 2.0 * st.y) * camera.halfSize.y * camera.up;
  float toWindow = dot(camera.eye - camera.center, cross(camera.right, camera.up));
  vec3 surface = camera.eye + (onWindow - camera.eye) * (z / toWindow);

  projective = vec3(st * z, z);
  steep = vertex.y;
  gl_Position = projectionMatrix * modelViewMatrix * vec4(surface, 1.0);
}
