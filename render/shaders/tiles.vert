// Covers the squares of a picture in which the person may be.
//
// in   square   column and row of a square's corner
// in   size     of the viewport, pixels

layout(location = 0) in uvec4 square;

uniform vec2 size;

const float side = 16.0; // pixels, tileSide in tiles.go

void main() {
    gl_Position = vec4(2.0 * side * vec2(square.xy) / size - 1.0, 0.0, 1.0);
}
