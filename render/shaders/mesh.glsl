// The grid mesh of one depth camera: shared by warp.vert and occlude.vert.
//
// in   grid         depth pixel x, y; depth in 1/8 mm; facing, 65535 is 1
// in   rays         RG32F, x and y of each depth pixel's ray (x, y, 1)
// out  surface()    the vertex in the depth camera's frame, metres

layout(location = 0) in uvec4 grid;

layout(binding = 0) uniform sampler2D rays;

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
    return vec3(texelFetch(rays, ivec2(grid.xy), 0).xy, 1.0) * (float(grid.z) * 0.000125);
}
