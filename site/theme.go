package site

import (
	"fmt"
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
// colour made readable on light and dark, and its logo. No page names either,
// so a new look changes no page.
func stylesheet(common []byte, theme policy.Theme) ([]byte, error) {
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
		out = append(out, "\n.brand::before { display: inline-block; inline-size: 1.6em; block-size: 1.6em; margin-inline-end: .5em;\n"+
			"  vertical-align: middle; content: \"\"; background: url("+logo+") center / contain no-repeat; }\n"...)
	}
	return out, nil
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
