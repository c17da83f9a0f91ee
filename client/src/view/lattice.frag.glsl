// Depth at the vertices of the mesh, for the frame that is held.
// In:  depth  luma / 255, half the colour's size; state, its camera
// Out: words: x depth in metres along the window's normal (float bits),
//      y 1 where a depth step passes near the vertex, else 0 (float bits)
precision highp float;
precision highp int;

uniform sampler2D depth;
uniform usampler2D state;
uniform int cells;

out uvec4 vertex;

const float depthStep = 0.03;  // metres; never interpolated across more
const vec4 weights = vec4(1.0, 3.0, 3.0, 1.0);

void main() {
  ViewCamera camera = cameraOf(state);
  ivec2 tile = textureSize(depth, 0);
  // The vertex lies on the corner between texels corner-1 and corner.
  ivec2 corner = ivec2(gl_FragCoord.xy) * tile / cells;

  float z[16];
  float nearest = 1e9, innerFurthest = 0.0, mean = 0.0, closest = 1e9, furthest = 0.0;
  for (int i = 0; i < 16; i++) {
    ivec2 o = ivec2(i & 3, i >> 2);
    ivec2 at = clamp(corner + o - 2, ivec2(0), tile - 1);
    z[i] = metresOf(255.0 * texelFetch(depth, at, 0).r, camera.near, camera.far);
    if (o.x >= 1 && o.x <= 2 && o.y >= 1 && o.y <= 2) {
      nearest = min(nearest, z[i]);
      innerFurthest = max(innerFurthest, z[i]);
      mean += 0.25 * z[i];
    }
    closest = min(closest, z[i]);
    furthest = max(furthest, z[i]);
  }
  // At a step the nearest surface wins. Elsewhere the mean is meant: on a slope
  // the nearest would lie before the surface. What is close to it is averaged,
  // which takes most of the codec's noise away.
  float middle = innerFurthest - nearest < depthStep ? mean : nearest;
  float sum = 0.0, weight = 0.0;
  for (int i = 0; i < 16; i++) {
    float w = weights[i & 3] * weights[i >> 2] * (abs(z[i] - middle) < depthStep ? 1.0 : 0.0);
    sum += w * z[i];
    weight += w;
  }
  vertex = uvec4(floatBitsToUint(sum / weight), floatBitsToUint(furthest - closest > depthStep ? 1.0 : 0.0), 0u, 0u);
}
