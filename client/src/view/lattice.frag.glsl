// The vertices of the mesh, for the frame that is held. The mesh lies on the
// person's surface, and before it where a depth step is near: there it is a hull
// from which rays are followed (march.glsl).
// In:  surface (surface.glsl); colour, matte in alpha; state, its camera; cells across the mesh
// Out: words (float bits): xyz the vertex in the cube, metres; w its depth along the
//      window's normal, to which 16 is added where the person's edge is near and
//      32 where a depth step is; 0 where nobody is
precision highp float;
precision highp int;

uniform sampler2D surface;
uniform sampler2D colour;
uniform usampler2D state;
uniform int cells;

out uvec4 vertex;

const float nobody = 0.01, opaque = 0.75; // matte
const float rim = 0.4;                    // of a step counts at the edge, where a surface turns away
const vec4 weights = vec4(1.0, 3.0, 3.0, 1.0);

// The greatest matte in the cells beside a corner and a little beyond, as
// colour is interpolated. Each tap is the mean of 2 x 2 texels.
float matteAround(ivec2 corner, ivec2 pitch, ivec2 tile) {
  float most = 0.0;
  for (int i = 0; i < 9; i++) {
    ivec2 tap = corner + 2 * pitch * (ivec2(i % 3, i / 3) - 1);
    most = max(most, textureLod(colour, vec2(tap) / vec2(tile), 0.0).a);
  }
  return most;
}

// Nearness of the vertex at a corner: x, and y its kind, 0 on a surface, 1 at
// the person's edge, 2 at a depth step.
vec2 vertexAt(ivec2 corner, ivec2 pitch, ivec2 tile, ViewCamera camera) {
  float t[16], trust[16];
  float sum = 0.0, weight = 0.0, nearest = 0.0, furthest = 1.0, least = 1.0, step = 0.0;
  for (int i = 0; i < 16; i++) {
    ivec2 o = ivec2(i & 3, i >> 2);
    vec4 code = texelFetch(surface, clamp(corner + pitch * (o - 2), ivec2(0), tile - 1), 0);
    vec2 s = surfaceOf(code);
    least = min(least, s.y);
    t[i] = s.x;
    trust[i] = doubtOf(code) < 0.25 ? 1.0 : doubtOf(code) < 0.75 ? rim : 0.0;
    if (trust[i] > 0.0) {
      nearest = max(nearest, s.x);
      furthest = min(furthest, s.x);
    }
    // Between neighbours, as a slope is no step.
    if (o.x > 0) step = max(step, abs(t[i] - t[i - 1]) * min(trust[i], trust[i - 1]));
    if (o.y > 0) step = max(step, abs(t[i] - t[i - 4]) * min(trust[i], trust[i - 4]));
    float w = weights[o.x] * weights[o.y] * (trust[i] > 0.0 ? max(s.y, 0.01) : 0.0001);
    sum += w * s.x;
    weight += w;
  }
  float mean = sum / weight;
  if (step > stepAt(nearest, camera, float(tile.x))) return vec2(nearest, 2.0);
  if (least >= opaque) return vec2(mean, 0.0);
  // The mean of a surface that turns away, of which one side is missing, lies before it.
  return vec2(furthest <= nearest ? 0.5 * (mean + furthest) : mean, 1.0);
}

void main() {
  ViewCamera camera = cameraOf(state);
  ivec2 tile = textureSize(surface, 0);
  // The vertex lies on the corner between texels corner-1 and corner. Four by
  // four samples fill the cells beside it, which have two texels a side, as a rule.
  ivec2 pitch = max(tile / cells / 2, ivec2(1)), corner = ivec2(gl_FragCoord.xy) * tile / cells;
  vertex = uvec4(0u);
  if (matteAround(corner, pitch, tile) < nobody) return;
  vec2 found = vertexAt(corner, pitch, tile, camera);
  float z = metresOf(found.x, camera);

  // A point of the window, and the surface behind it as the view's eye saw it.
  vec2 st = vec2(gl_FragCoord.xy - 0.5) / float(cells);
  vec3 onWindow = camera.center + (2.0 * st.x - 1.0) * camera.halfSize.x * camera.right
                + (1.0 - 2.0 * st.y) * camera.halfSize.y * camera.up;
  vec3 at = camera.eye + (onWindow - camera.eye) * (z / toWindow(camera));
  vertex = uvec4(floatBitsToUint(at), floatBitsToUint(z + 16.0 * found.y));
}
