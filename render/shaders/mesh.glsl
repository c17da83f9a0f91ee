// The grid mesh of one depth camera: shared by warp.vert and occlude.vert.
//
// in   grid         depth pixel x, y; fallback depth in mm; filter radius
// in   depth        R16UI, millimetres, 0 where unknown
// in   rays         RG32F, x and y of each depth pixel's ray (x, y, 1)
// out  surface()    the vertex in the depth camera's frame, metres

layout(location = 0) in uvec4 grid;

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

vec3 surface() {
    ivec2 at = ivec2(grid.xy);
    float reference = float(grid.z);
    int radius = int(grid.w);
    float tolerance = sameSurfaceFloor + sameSurface * reference * reference * 1e-6;
    float own = float(texelFetch(depth, at, 0).r);
    if (abs(own - reference) < 4.0 * tolerance) reference = own;
    float sum = 0.0, weight = 0.0;
    for (int y = -radius; y <= radius; y++)
        for (int x = -radius; x <= radius; x++) {
            float d = float(texelFetch(depth, at + ivec2(x, y), 0).r);
            float w = float(abs(d - reference) < tolerance);
            sum += w * d;
            weight += w;
        }
    float z = weight > 0.0 ? sum / weight : reference;
    return vec3(texelFetch(rays, at, 0).xy, 1.0) * (z * 0.001);
}
