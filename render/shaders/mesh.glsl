// The grid mesh of one depth camera: shared by warp.vert and occlude.vert.
//
// in   grid         depth pixel x, y; fallback depth in mm; filter radius
// in   depth        R16UI, millimetres, 0 where unknown
// in   rays         RG32F, x and y of each depth pixel's ray (x, y, 1)
// in   focal        of the depth lens, pixels
// out  surface()    the vertex in the depth camera's frame, metres

layout(location = 0) in uvec4 grid;

uniform float focal;

layout(binding = 0) uniform usampler2D depth;
layout(binding = 1) uniform sampler2D rays;

// Depths further than this from the centre's belong to another surface.
const float sameSurface = 18.0; // mm a metre squared, plus the floor below
const float sameSurfaceFloor = 8.0; // mm

// lens model of capture/space.Lens
struct Lens {
    vec2 focal, centre, size; // pixels
    vec3 numerator, denominator; // K1..K3, K4..K6
    vec2 tangential; // P1, P2
};

vec2 project(Lens lens, vec2 ray) {
    float r2 = dot(ray, ray);
    float d = (1.0 + r2 * (lens.numerator.x + r2 * (lens.numerator.y + r2 * lens.numerator.z)))
            / (1.0 + r2 * (lens.denominator.x + r2 * (lens.denominator.y + r2 * lens.denominator.z)));
    vec2 t = 2.0 * lens.tangential.xy * ray.x * ray.y + lens.tangential.yx * (r2 + 2.0 * ray * ray);
    return lens.focal * (ray * d + t) + lens.centre;
}

// surface returns the vertex and, in facing, the cosine between its normal and
// its ray: the slope of a plane through the neighbouring depths (separable
// least squares over 3 x 3 taps, radius pixels apart).
vec3 surface(out float facing) {
    ivec2 at = ivec2(grid.xy);
    float reference = float(grid.z);
    int radius = int(grid.w);
    float tolerance = sameSurfaceFloor + sameSurface * reference * reference * 1e-6;
    float own = float(texelFetch(depth, at, 0).r);
    if (abs(own - reference) < 4.0 * tolerance) reference = own;
    float sum = 0.0, weight = 0.0;
    vec2 slope = vec2(0.0), span = vec2(1e-6);
    for (int y = -1; y <= 1; y++)
        for (int x = -1; x <= 1; x++) {
            float d = float(texelFetch(depth, at + radius * ivec2(x, y), 0).r) - reference;
            float w = float(abs(d) < tolerance);
            vec2 o = vec2(x, y);
            sum += w * d;
            weight += w;
            slope += w * d * o;
            span += w * o * o;
        }
    float z = reference + (weight > 0.0 ? sum / weight : 0.0);
    vec2 tilt = slope / span * focal / (float(radius) * z);
    facing = inversesqrt(1.0 + dot(tilt, tilt));
    return vec3(texelFetch(rays, at, 0).xy, 1.0) * (z * 0.001);
}
