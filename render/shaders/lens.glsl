// The lens model of capture/space.Lens.
//
// in   ray      x and y of a direction with z = 1, camera axes (OpenCV)
// out  project  pixels, the first pixel's centre at 0; far outside where the
//               lens has no picture

struct Lens {
    vec2 focal, centre, size; // pixels
    vec3 numerator, denominator; // K1..K3, K4..K6
    vec2 tangential; // P1, P2
    float reach; // of r2
};

vec2 project(Lens lens, vec2 ray) {
    float r2 = dot(ray, ray);
    float d = (1.0 + r2 * (lens.numerator.x + r2 * (lens.numerator.y + r2 * lens.numerator.z)))
            / (1.0 + r2 * (lens.denominator.x + r2 * (lens.denominator.y + r2 * lens.denominator.z)));
    vec2 t = 2.0 * lens.tangential.xy * ray.x * ray.y + lens.tangential.yx * (r2 + 2.0 * ray * ray);
    return r2 <= lens.reach ? lens.focal * (ray * d + t) + lens.centre : vec2(-1e4);
}
