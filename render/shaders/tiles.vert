// Covers the squares of a picture in which the person may be, a point each: a
// square of two triangles costs a software rasteriser its diagonal twice.
//
// in   square   column and row of a square
// in   size     of the picture, pixels
// in   scale    of the viewport against the picture

layout(location = 0) in uvec4 square;

uniform vec2 size;
uniform float scale;

const float side = 16.0; // pixels, tileSide in tiles.go

void main() {
    // A point whose centre is outside would be clipped.
    vec2 centre = min(side * (vec2(square.xy) + 0.5), size - 0.5 * side);
    gl_Position = vec4(2.0 * centre / size - 1.0, 0.0, 1.0);
    gl_PointSize = side * scale;
}
