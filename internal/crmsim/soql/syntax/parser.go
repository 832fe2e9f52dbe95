package syntax

import (
	"slices"
	"strconv"
	"strings"
)

// Query is a statement as written: no name in it has been looked up yet.
type Query struct {
	Text    string
	Selects []SelectItem
	From    Token
	Where   *Condition
	GroupBy []Token
	OrderBy []OrderItem
	Limit   int // -1 for none
	Offset  int
	HasSkip bool
}

// SelectItem is a path, or an aggregate function with its path; COUNT() has no path.
type SelectItem struct {
	Function string // in capitals, "" for a plain path
	Path     Token  // TokenEnd for COUNT()
	Alias    string
	At       Token
}

// OrderItem is one key of ORDER BY.
type OrderItem struct {
	Item       SelectItem
	Descending bool
	NullsLast  bool
}

// Logic is what a condition does with its terms.
type Logic uint8

// The kinds of conditions.
const (
	LogicCompare Logic = iota
	LogicAnd
	LogicOr
	LogicNot
)

// Condition is a node of a WHERE clause: a comparison, or terms joined by one operator.
type Condition struct {
	Logic    Logic
	Terms    []*Condition
	Path     Token
	Operator string // one of = != < <= > >= LIKE IN NOT IN
	At       Token  // the operator's place
	Literals []Token
}

// reserved words cannot name a field in a condition.
var reserved = []string{
	"AND", "ASC", "DESC", "EXCLUDES", "FROM", "GROUP", "HAVING", "IN", "INCLUDES", "LIKE", "LIMIT", "NOT", "NULL",
	"NULLS", "OR", "ORDER", "SELECT", "USING", "WHERE", "WITH",
}

type parser struct {
	text   string
	tokens []Token
	next   int
}

// Parse reads a statement. A refusal is an *Error.
func Parse(text string) (*Query, error) {
	tokens, err := lex(text)
	if err != nil {
		return nil, err
	}
	p := &parser{text: text, tokens: tokens}
	q := &Query{Text: text, Limit: -1}
	for _, clause := range []func(*Query) error{
		p.parseSelect, p.parseFrom, p.parseWhere, p.parseGroupBy, p.parseOrderBy, p.parseLimit, p.parseOffset,
	} {
		if err := clause(q); err != nil {
			return nil, err
		}
	}
	if p.peek().Kind != TokenEnd {
		return nil, p.unexpected()
	}
	return q, nil
}

func (p *parser) peek() Token { return p.tokens[p.next] }

// peekAfter looks n tokens beyond the next one.
func (p *parser) peekAfter(n int) Token { return p.tokens[min(p.next+n, len(p.tokens)-1)] }

func (p *parser) take() Token {
	t := p.peek()
	if t.Kind != TokenEnd {
		p.next++
	}
	return t
}

// Is reports whether the token is a word, in any case, or a sign.
func (t Token) Is(word string) bool {
	return t.Kind == TokenName && strings.EqualFold(t.Text, word) || t.Kind == TokenSymbol && t.Text == word
}

func (p *parser) accept(words ...string) bool {
	for i, word := range words {
		if !p.peekAfter(i).Is(word) {
			return false
		}
	}
	p.next += len(words)
	return true
}

func (p *parser) expect(words ...string) error {
	for _, word := range words {
		if !p.accept(word) {
			return p.unexpected()
		}
	}
	return nil
}

func (p *parser) unexpected() error {
	t := p.peek()
	return ErrorAt(p.text, t.Position, MalformedQuery, "unexpected token: %s", t)
}

// name takes a word that is not reserved.
func (p *parser) name() (Token, error) {
	t := p.peek()
	if t.Kind != TokenName || slices.Contains(reserved, strings.ToUpper(t.Text)) || strings.Contains(t.Text, ":") {
		return Token{}, p.unexpected()
	}
	return p.take(), nil
}

func (p *parser) parseSelect(q *Query) error {
	if err := p.expect("SELECT"); err != nil {
		return err
	}
	for {
		item, err := p.selectItem()
		if err != nil {
			return err
		}
		// An alias is only one if the list goes on after it: in "SELECT Id FORM Account" the culprit is FORM.
		if after := p.peekAfter(1); p.peek().Kind == TokenName && (after.Is(",") || after.Is("FROM")) {
			alias, err := p.name()
			if err != nil {
				return err
			}
			item.Alias = alias.Text
		}
		q.Selects = append(q.Selects, item)
		if !p.accept(",") {
			return nil
		}
	}
}

// selectItem reads a path or an aggregate function.
func (p *parser) selectItem() (SelectItem, error) {
	word, err := p.name()
	if err != nil || !p.accept("(") {
		return SelectItem{Path: word, At: word}, err
	}
	item := SelectItem{Function: strings.ToUpper(word.Text), At: word}
	if item.Function == "COUNT" && p.accept(")") {
		return item, nil
	}
	if item.Path, err = p.name(); err != nil {
		return item, err
	}
	return item, p.expect(")")
}

func (p *parser) parseFrom(q *Query) (err error) {
	if err := p.expect("FROM"); err != nil {
		return err
	}
	if p.peek().Is("GROUP") || p.peek().Is("ORDER") { // objects that are called like a keyword
		q.From = p.take()
		return nil
	}
	q.From, err = p.name()
	return err
}

func (p *parser) parseWhere(q *Query) (err error) {
	if !p.accept("WHERE") {
		return nil
	}
	q.Where, err = p.condition()
	return err
}

// condition reads terms joined by one operator. SOQL has no precedence: beside AND, an OR needs parentheses, and a
// NOT stands alone in its own.
func (p *parser) condition() (*Condition, error) {
	if p.accept("NOT") {
		term, err := p.term()
		return &Condition{Logic: LogicNot, Terms: []*Condition{term}}, err
	}
	term, err := p.term()
	if err != nil {
		return nil, err
	}
	joined := &Condition{Terms: []*Condition{term}}
	for word, logic := range map[string]Logic{"AND": LogicAnd, "OR": LogicOr} {
		for p.accept(word) {
			if term, err = p.term(); err != nil {
				return nil, err
			}
			joined.Logic, joined.Terms = logic, append(joined.Terms, term)
		}
		if joined.Logic != LogicCompare {
			return joined, nil
		}
	}
	return term, nil
}

func (p *parser) term() (*Condition, error) {
	if !p.accept("(") {
		return p.comparison()
	}
	inner, err := p.condition()
	if err != nil {
		return nil, err
	}
	return inner, p.expect(")")
}

func (p *parser) comparison() (*Condition, error) {
	path, err := p.name()
	if err != nil {
		return nil, err
	}
	c := &Condition{Path: path, At: p.peek()}
	switch {
	case p.accept("LIKE"):
		c.Operator = "LIKE"
	case p.accept("IN"):
		c.Operator = "IN"
	case p.accept("NOT", "IN"):
		c.Operator = "NOT IN"
	case p.accept("!="), p.accept("<>"):
		c.Operator = "!="
	case slices.Contains([]string{"=", "<", "<=", ">", ">="}, p.peek().Text):
		c.Operator = p.take().Text
	default:
		return nil, p.unexpected()
	}
	c.Literals, err = p.literals(c.Operator)
	return c, err
}

// literals reads one literal, or after IN a list of them.
func (p *parser) literals(operator string) ([]Token, error) {
	list := strings.HasSuffix(operator, "IN")
	if list {
		if err := p.expect("("); err != nil {
			return nil, err
		}
	}
	var literals []Token
	for {
		switch t := p.peek(); t.Kind {
		case TokenString, TokenNumber, TokenDate, TokenDateTime, TokenName:
			literals = append(literals, p.take())
		default:
			return nil, p.unexpected()
		}
		if !list {
			return literals, nil
		}
		if !p.accept(",") {
			return literals, p.expect(")")
		}
	}
}

func (p *parser) parseGroupBy(q *Query) error {
	if !p.accept("GROUP", "BY") {
		return nil
	}
	for {
		path, err := p.name()
		if err != nil {
			return err
		}
		q.GroupBy = append(q.GroupBy, path)
		if !p.accept(",") {
			return nil
		}
	}
}

func (p *parser) parseOrderBy(q *Query) error {
	if !p.accept("ORDER", "BY") {
		return nil
	}
	for {
		item, err := p.selectItem()
		if err != nil {
			return err
		}
		order := OrderItem{Item: item}
		if !p.accept("ASC") {
			order.Descending = p.accept("DESC")
		}
		if p.accept("NULLS") {
			if order.NullsLast = p.accept("LAST"); !order.NullsLast && !p.accept("FIRST") {
				return p.unexpected()
			}
		}
		q.OrderBy = append(q.OrderBy, order)
		if !p.accept(",") {
			return nil
		}
	}
}

func (p *parser) parseLimit(q *Query) (err error) {
	if p.accept("LIMIT") {
		q.Limit, err = p.count()
	}
	return err
}

func (p *parser) parseOffset(q *Query) (err error) {
	if p.accept("OFFSET") {
		q.Offset, err = p.count()
		q.HasSkip = true
	}
	return err
}

// count reads a whole number without sign.
func (p *parser) count() (int, error) {
	n, err := strconv.Atoi(p.peek().Text)
	if t := p.peek(); t.Kind != TokenNumber || err != nil || !IsDigit(t.Text[0]) {
		return 0, p.unexpected()
	}
	p.take()
	return n, nil
}

// Aggregates reports whether the query asks for groups or for a count.
func (q *Query) Aggregates() bool {
	return len(q.GroupBy) > 0 ||
		slices.ContainsFunc(q.Selects, func(item SelectItem) bool { return item.Function != "" })
}

// BareCount reports COUNT() without a field.
func (s SelectItem) BareCount() bool { return s.Function == "COUNT" && s.Path.Kind == TokenEnd }
