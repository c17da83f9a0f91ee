// Follows a ray of the page into the held view (relief mapping: Policarpo,
// Oliveira and Comba, 2005) until it meets what the view saw. A ray that goes
// behind a surface sees what the view could not: the surface that it came from,
// beyond the step, is taken to go on there.
//
// On a ray (s*z, t*z, z) is linear, so s and t are linear in 1 / z, and in nearness.
// In:  colour  sRGB and matte; surface (surface.glsl); state  the held view's camera
//      eye     the page's, in the cube, metres
uniform sampler2D colour;
uniform sampler2D surface;
uniform usampler2D state;
uniform vec3 eye;

const int mostSteps = 48, mostLayers = 4;
const float matteEdge = 0.25;
const float least = 0.02, opaque = 0.95; // alpha
const float aside = 1.5; // texels from a step at which its colours are not mixed any more

struct Ray {
  vec2 base, way; // s, t = base + nearness * way
  float start;    // nearness from which it is followed
  float reach;    // nearness; a greater difference is a depth step
};

// Colour and alpha, the latter steeper than the matte's edge, which the codec widens.
vec4 colourAt(vec2 st) {
  vec4 c = textureLod(colour, st, 0.0);
  return vec4(c.rgb, smoothstep(0.25, 0.75, c.a));
}

// The ray from the page's eye through a point s*z, t*z, z.
Ray rayThrough(vec3 point) {
  ViewCamera camera = cameraOf(state);
  float w = toWindow(camera);
  vec3 d = eye - camera.eye, o = camera.eye - camera.center;
  vec2 across = vec2(dot(o, camera.right), -dot(o, camera.up));
  vec2 beside = vec2(dot(d, camera.right), -dot(d, camera.up));
  float z = -dot(d, cross(camera.right, camera.up));
  vec2 from = 0.5 * (z + (z * across + w * beside) / camera.halfSize); // s*z, t*z of the eye

  vec2 infinite = (point.xy - from) / (point.z - z); // s, t where 1 / z is 0
  vec2 slant = from - z * infinite;
  float start = nearnessAt(point.z, camera);
  return Ray(infinite + slant / camera.far, slant * (1.0 / camera.near - 1.0 / camera.far), start,
             stepAt(start, camera, float(textureSize(surface, 0).x)));
}

// The texel of the surface at st: x nearness, y matte.
vec2 texelAt(vec2 st) {
  ivec2 size = textureSize(surface, 0);
  return surfaceOf(texelFetch(surface, clamp(ivec2(st * vec2(size)), ivec2(0), size - 1), 0));
}

// The surface at st: x nearness, y matte. Between texels of one surface it is
// interpolated; a step runs half way between texels, as an edge does.
vec2 surfaceAt(vec2 st, float reach) {
  ivec2 size = textureSize(surface, 0);
  vec2 at = st * vec2(size) - 0.5, f = fract(at);
  ivec2 corner = ivec2(floor(at));
  vec2 s[4];
  float front = 0.0;
  for (int i = 0; i < 4; i++) {
    s[i] = surfaceOf(texelFetch(surface, clamp(corner + ivec2(i & 1, i >> 1), ivec2(0), size - 1), 0));
    if (s[i].y >= matteEdge) front = max(front, s[i].x);
  }
  vec4 k = vec4((1.0 - f.x) * (1.0 - f.y), f.x * (1.0 - f.y), (1.0 - f.x) * f.y, f.x * f.y);
  float matte = 0.0;
  vec2 ahead = vec2(0.0), rest = vec2(0.0); // sum and weight
  for (int i = 0; i < 4; i++) {
    matte += k[i] * s[i].y;
    if (s[i].y < matteEdge) continue;
    if (front - s[i].x < reach) ahead += k[i] * vec2(s[i].x, 1.0);
    else rest += k[i] * vec2(s[i].x, 1.0);
  }
  vec2 most = ahead.y >= rest.y ? ahead : rest;
  return vec2(most.y > 0.0 ? most.x / most.y : 0.0, matte);
}

// The colour beside a step, of surfaces not nearer than a limit: away from the
// step, whose own colours are mixed, and of a patch, lest one pixel be smeared.
vec4 colourBeside(vec2 edge, vec2 away, float limit) {
  vec4 sum = vec4(0.0);
  float weight = 0.0;
  for (int i = 0; i < 6; i++) {
    vec2 o = away * (aside + float(i / 3)) + vec2(-away.y, away.x) * float(i % 3 - 1);
    vec2 st = edge + o / vec2(textureSize(surface, 0)), s = texelAt(st);
    float w = s.y >= matteEdge && s.x < limit ? 1.0 : 0.0;
    sum += w * colourAt(st);
    weight += w;
  }
  return weight > 0.0 ? sum / weight : colourAt(edge);
}

// Where between two nearnesses, of which the smaller is under the surface, the
// ray goes under it: x its nearness there, y the surface's.
vec2 dive(Ray ray, float over, float under, float met) {
  for (int n = 0; n < 4; n++) {
    float middle = 0.5 * (over + under);
    vec2 s = surfaceAt(ray.base + middle * ray.way, ray.reach);
    if (s.y >= matteEdge && middle <= s.x) {
      under = middle;
      met = s.x;
    } else {
      over = middle;
    }
  }
  return vec2(under, met);
}

// Puts a colour behind what was met so far, alpha multiplied in.
void put(inout vec4 sum, vec4 c) {
  sum += (1.0 - sum.a) * c.a * vec4(c.rgb, 1.0);
}

// What the ray meets, behind sum. Where it starts on a surface, that is in sum.
vec4 march(Ray ray, bool onSurface, vec4 sum) {
  float over = onSurface ? ray.start : ray.start + 0.5 * ray.reach;
  float rate = length(ray.way * vec2(textureSize(surface, 0))); // texels from far to near
  if (over * rate < 0.5) { // the page's eye is at the view's
    if (!onSurface) put(sum, colourAt(ray.base + over * ray.way));
    return sum;
  }
  // Steps of a texel, at the same nearnesses whatever the start: what is met
  // must not change from pixel to pixel as the mesh's start does.
  float pace = max(1.0 / rate, 1.0 / float(mostSteps - 1)), first = floor(over / pace);
  vec2 texel = 1.0 / vec2(textureSize(surface, 0)), away = normalize(ray.way), step = vec2(0.0);
  float beyond = -1.0; // nearness of the surface beyond the step that the ray is under, -1 for none
  bool under = onSurface;
  int i = 0;
  // The search is a loop of its own: a software rasteriser repeats what is in it
  // for each pixel of a group.
  for (int layer = 0; layer < mostLayers && sum.a <= opaque; layer++) {
    float at = over;
    vec2 s = vec2(0.0);
    bool meets = false;
    for (; i < mostSteps && over > 0.0 && beyond < over; i++) {
      at = (first - float(i)) * pace;
      s = texelAt(ray.base + at * ray.way);
      meets = !under && s.y >= matteEdge && at <= s.x;
      if (meets) break;
      if (s.y < matteEdge || at > s.x) {
        beyond = -1.0;
        under = false;
      }
      over = at;
    }
    if (!meets) {
      if (beyond >= 0.0) put(sum, colourBeside(step, away, beyond + ray.reach));
      break;
    }
    vec2 met = dive(ray, over, at, s.x);
    step = ray.base + met.x * ray.way;
    under = true;
    over = at;
    i++;
    if (met.y - met.x < ray.reach) {
      put(sum, colourAt(step));
    } else { // under a step's side
      vec2 other = texelAt(step + away * aside * texel);
      if (other.y < matteEdge) other = texelAt(step + away * 0.5 * aside * texel);
      if (other.y >= matteEdge) beyond = other.x;
    }
  }
  return sum;
}
