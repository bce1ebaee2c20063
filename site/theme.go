package site

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"image"
	_ "image/gif" // whose sizes can be read
	_ "image/jpeg"
	_ "image/png"
	"math"
	"path"
	"slices"
	"strconv"
	"strings"

	"proviso/policy"
)

// A colour holds red, green and blue from 0 to 255.
type colour [3]float64

// The grounds of style.css on which links and marks in a site's colour stand:
// the darkest light one and the lightest dark one.
var (
	lightGround = colour{0xf5, 0xf5, 0xf0}
	darkGround  = colour{0x1d, 0x21, 0x25}
)

// readable is the contrast that WCAG 2.2 asks of text (1.4.3), with a little to spare.
const readable = 4.6

// parseColour reads "#rgb" or "#rrggbb".
func parseColour(s string) (colour, error) {
	hex, ok := strings.CutPrefix(s, "#")
	if len(hex) == 3 {
		hex = string([]byte{hex[0], hex[0], hex[1], hex[1], hex[2], hex[2]})
	}
	n, err := strconv.ParseUint(hex, 16, 32)
	if !ok || len(hex) != 6 || err != nil {
		return colour{}, fmt.Errorf("theme: %q is not a colour; write it as #rgb or #rrggbb", s)
	}
	return colour{float64(n >> 16), float64(n >> 8 & 255), float64(n & 255)}, nil
}

func (c colour) String() string {
	return fmt.Sprintf("#%02x%02x%02x", int(math.Round(c[0])), int(math.Round(c[1])), int(math.Round(c[2])))
}

// luminance is the relative luminance of WCAG 2.
func (c colour) luminance() float64 {
	var l [3]float64
	for i, x := range c {
		x /= 255
		if x <= 0.04045 {
			l[i] = x / 12.92
		} else {
			l[i] = math.Pow((x+0.055)/1.055, 2.4)
		}
	}
	return 0.2126*l[0] + 0.7152*l[1] + 0.0722*l[2]
}

// contrast is the contrast ratio of WCAG 2.
func contrast(a, b colour) float64 {
	x, y := a.luminance(), b.luminance()
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

// on returns the colour, mixed with as little of the ink as makes it readable on the ground.
func (c colour) on(ground, ink colour) colour {
	const steps = 50
	for i := range steps {
		part := float64(i) / steps
		var mix colour
		for k := range mix {
			mix[k] = math.Round(c[k]*(1-part) + ink[k]*part)
		}
		if contrast(mix, ground) >= readable {
			return mix
		}
	}
	return ink
}

// logoTypes are the kinds of picture a logo may be.
var logoTypes = []string{".svg", ".png", ".webp", ".jpg", ".jpeg", ".gif"}

// logoName returns the fixed name under which a site's logo stands, so that no
// page names the file that the organisation calls it.
func logoName(file string) (string, error) {
	if file == "" {
		return "", nil
	}
	ext := strings.ToLower(path.Ext(file))
	if !slices.Contains(logoTypes, ext) {
		return "", fmt.Errorf("theme: the logo %q is not a picture; use one of %s", file, strings.Join(logoTypes, " "))
	}
	return "logo" + ext, nil
}

// stylesheet returns style.css of a site: the common one, then the site's
// colour made readable on light and dark, and its logo, whose file is given. No
// page names either, so a new look changes no page.
func stylesheet(common []byte, theme policy.Theme, picture []byte) ([]byte, error) {
	out := slices.Clone(common)
	if theme.Colour != "" {
		c, err := parseColour(theme.Colour)
		if err != nil {
			return nil, err
		}
		out = fmt.Appendf(out, "\n:root { --accent: %s; }\n@media (prefers-color-scheme: dark) { :root { --accent: %s; } }\n"+
			"@media print { :root { --accent: #000; } }\n",
			c.on(lightGround, colour{}), c.on(darkGround, colour{255, 255, 255}))
	}
	logo, err := logoName(theme.Logo)
	if err != nil {
		return nil, err
	}
	if logo != "" {
		out = fmt.Appendf(out, "\n.brand::before { display: inline-block; inline-size: %.4gem; block-size: 1.6em; margin-inline-end: .6em;\n"+
			"  vertical-align: middle; content: \"\"; background: url(%s) center / contain no-repeat; print-color-adjust: exact; }\n"+
			// Logos are made for paper: a dark one could not be seen on a dark page.
			"@media (prefers-color-scheme: dark) { .brand::before { background-color: #fdfdfb; border-radius: 1px; box-shadow: 0 0 0 .25em #fdfdfb; } }\n",
			1.6*proportion(logo, picture), logo)
	}
	return out, nil
}

// proportion returns how wide a logo is for its height, within what a page's
// head has room for; 1 for a picture that does not say.
func proportion(name string, picture []byte) float64 {
	var width, height float64
	if path.Ext(name) == ".svg" {
		width, height = sizeOfSVG(picture)
	} else if c, _, err := image.DecodeConfig(bytes.NewReader(picture)); err == nil {
		width, height = float64(c.Width), float64(c.Height)
	}
	if !(width > 0 && height > 0) {
		return 1
	}
	return min(max(width/height, .5), 6)
}

// sizeOfSVG returns the size that a drawing has by its viewBox, else by its width and height.
func sizeOfSVG(picture []byte) (width, height float64) {
	for dec := xml.NewDecoder(bytes.NewReader(picture)); ; {
		token, err := dec.Token()
		if err != nil {
			return 0, 0
		}
		root, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		number := func(s string) float64 {
			n, _ := strconv.ParseFloat(strings.TrimSuffix(s, "px"), 64)
			return n
		}
		for _, a := range root.Attr {
			switch a.Name.Local {
			case "width":
				width = number(a.Value)
			case "height":
				height = number(a.Value)
			}
		}
		for _, a := range root.Attr {
			box := strings.FieldsFunc(a.Value, func(r rune) bool { return r == ' ' || r == ',' })
			if a.Name.Local == "viewBox" && len(box) == 4 {
				width, height = number(box[2]), number(box[3])
			}
		}
		return width, height
	}
}

// themeOf returns how a site looks: its own theme, else the organisation's.
func themeOf(o *policy.Organisation, s *policy.Site) policy.Theme {
	t := s.Theme
	if t.Colour == "" {
		t.Colour = o.Theme.Colour
	}
	if t.Logo == "" {
		t.Logo = o.Theme.Logo
	}
	return t
}
