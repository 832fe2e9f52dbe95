package preview

import (
	"errors"
	"html/template"
	"regexp"
	"strconv"
	"strings"
)

// text draws a text panel.
func (d *drawing) text() (template.HTML, error) {
	var o struct {
		Mode    string `json:"mode"`
		Content string `json:"content"`
	}
	if err := d.options(&o); err != nil {
		return "", err
	}
	if o.Mode != "markdown" && o.Mode != "" {
		return "", errors.New("only text panels in Markdown are drawn")
	}
	content := interpolate(o.Content, d.variables)
	if needed := d.textHeight(content); needed > d.height {
		d.problem("text scrolls: it needs about %.0f of %.0f pixels", needed, d.height)
	}
	return `<div class="markdown">` + markdown(content) + `</div>`, nil
}

// textHeight estimates how high a text becomes.
func (d *drawing) textHeight(content string) float64 {
	var height float64
	for line := range strings.Lines(content) {
		plain := linkPattern.ReplaceAllString(strings.TrimSpace(line), "$1")
		switch {
		case plain == "":
			height += 10
		case strings.HasPrefix(plain, "#"):
			height += 34
		default:
			rows := int(d.face.width(plain, 14)/d.width) + 1
			height += 22 * float64(rows)
		}
	}
	return height
}

// The inline marks of Markdown that boards use.
var (
	linkPattern = regexp.MustCompile(`\[([^\]]*)\]\(([^)\s]*)\)`)
	boldPattern = regexp.MustCompile(`\*\*([^*]+)\*\*`)
	emPattern   = regexp.MustCompile(`\*([^*]+)\*`)
	codePattern = regexp.MustCompile("`([^`]+)`")
	headPattern = regexp.MustCompile(`^(#{1,6}) +(.*)$`)
	listPattern = regexp.MustCompile(`^[-*] +(.*)$`)
)

// markdown turns headings, paragraphs, lists, links, bold, emphasis and code into HTML.
func markdown(source string) template.HTML {
	var b strings.Builder
	open := ""
	enter := func(tag string) {
		if open == tag {
			return
		}
		if open != "" {
			b.WriteString("</" + open + ">")
		}
		if open = tag; tag != "" {
			b.WriteString("<" + tag + ">")
		}
	}
	for line := range strings.Lines(source) {
		line = strings.TrimSpace(line)
		if head := headPattern.FindStringSubmatch(line); head != nil {
			enter("")
			tag := "h" + strconv.Itoa(len(head[1]))
			b.WriteString("<" + tag + ">" + inline(head[2]) + "</" + tag + ">")
			continue
		}
		if item := listPattern.FindStringSubmatch(line); item != nil {
			enter("ul")
			b.WriteString("<li>" + inline(item[1]) + "</li>")
			continue
		}
		if line == "" {
			enter("")
			continue
		}
		enter("p")
		b.WriteString(inline(line) + " ")
	}
	enter("")
	return template.HTML(b.String()) //nolint:gosec // Every text went through template.HTMLEscapeString.
}

// inline marks up one line.
func inline(s string) string {
	s = template.HTMLEscapeString(s)
	s = codePattern.ReplaceAllString(s, "<code>$1</code>")
	s = linkPattern.ReplaceAllString(s, "<a>$1</a>")
	s = boldPattern.ReplaceAllString(s, "<b>$1</b>")
	return emPattern.ReplaceAllString(s, "<em>$1</em>")
}
