package publish

import (
	"path"
	"strings"
)

// types are the content types by the end of a name; the longest end counts.
var types = map[string]string{
	".html":     "text/html; charset=utf-8",
	".css":      "text/css; charset=utf-8",
	".js":       "text/javascript; charset=utf-8",
	".json":     "application/json",
	"feed.json": "application/feed+json",
	".atom":     "application/atom+xml; charset=utf-8",
	".xml":      "application/xml",
	".txt":      "text/plain; charset=utf-8",
	"_headers":  "text/plain; charset=utf-8",
	".svg":      "image/svg+xml",
	".png":      "image/png",
	".jpg":      "image/jpeg",
	".jpeg":     "image/jpeg",
	".gif":      "image/gif",
	".webp":     "image/webp",
	".avif":     "image/avif",
	".ico":      "image/x-icon",
	".pdf":      "application/pdf",
}

// typeOf returns the content type of a file.
func typeOf(file string) string {
	base := path.Base(file)
	if t, ok := types[base]; ok {
		return t
	}
	if t, ok := types[strings.ToLower(path.Ext(base))]; ok {
		return t
	}
	return "application/octet-stream"
}

// Nothing of a site has its content in its name: even the page of an old
// version gets a banner when it is replaced. So readers and caches ask each
// time whether a page is still the same, and may keep what only looks for five
// minutes.
const (
	cachePage  = "public, max-age=0, must-revalidate"
	cacheAsset = "public, max-age=300"
	cacheHash  = "public, max-age=31536000, immutable" // of content under its hash
)

// cacheOf returns the Cache-Control header of a file.
func cacheOf(file string) string {
	if isAsset(file) {
		return cacheAsset
	}
	return cachePage
}

func isAsset(file string) bool {
	return strings.HasPrefix(typeOf(file), "image/") || path.Ext(file) == ".css" || path.Ext(file) == ".js"
}
