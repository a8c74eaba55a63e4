// Python's grammar with the mistakes that people make, as text for the matcher.
//
//   name: alternative | alternative   tried in order (this is a parsing expression grammar)
//   name*: ...                        results are kept, with mistakes or without, whichever came first
//   'x' "x" NAME rule                 an operator or keyword, a soft keyword, a sort of token, another rule
//   x? x* x+ x % 'y'                  optional, any number, at least one, at least one with 'y' between
//   &x !x &&'y' ~                     looks ahead, refuses ahead, insists on 'y', gives up the alternatives
//   a:x                               remembers what x matched as `a` (or b)
//   => action                         what to report after a match; see diagnose_actions.cpp
//
// Alternatives that are a rule called invalid_... count only on the second pass. Which mistake is reported
// depends on the order in which alternatives are tried, so that the order is that of CPython's grammar. Left
// recursion is written as repetition.
#include "syntax/diagnose_grammar.h"

namespace oro::syntax {

const std::string_view kGrammarStatements = R"(
file: statements? ENDMARKER
interactive: compound_stmt NEWLINE | simple_stmts | NEWLINE
eval: expressions NEWLINE* ENDMARKER
func_type: '(' type_expressions? ')' '->' expression NEWLINE* ENDMARKER
type_expressions: expression % ',' ',' '*' expression ',' '**' expression
  | expression % ',' ',' '*' expression | expression % ',' ',' '**' expression
  | '*' expression ',' '**' expression | '*' expression | '**' expression | expression % ','

statements: statement+
statement: compound_stmt | simple_stmts
simple_stmts: simple_stmt !';' NEWLINE | simple_stmt % ';' ';'? NEWLINE
simple_stmt*: assignment | &"type" type_alias | star_expressions | &'return' return_stmt
  | &('import' | 'from') import_stmt | &'raise' raise_stmt | &'pass' pass_stmt | &'del' del_stmt
  | &'yield' yield_stmt | &'assert' assert_stmt | &'break' break_stmt | &'continue' continue_stmt
  | &'global' global_stmt | &'nonlocal' nonlocal_stmt
compound_stmt: &('def' | '@' | 'async') function_def | &'if' if_stmt | &('class' | '@') class_def
  | &('with' | 'async') with_stmt | &('for' | 'async') for_stmt | &'try' try_stmt | &'while' while_stmt |
    match_stmt

assignment: NAME ':' expression annotated_value?
  | ('(' single_target ')' | single_subscript_attribute_target) ':' expression annotated_value?
  | (star_targets '=')+ annotated_rhs !'='
  | single_target augassign ~ annotated_rhs
  | invalid_assignment
annotated_value: '=' annotated_rhs
annotated_rhs: yield_expr | star_expressions
augassign: '+=' | '-=' | '*=' | '@=' | '/=' | '%=' | '&=' | '|=' | '^=' | '<<=' | '>>=' | '**=' | '//='
return_stmt: 'return' star_expressions?
raise_stmt: 'raise' expression 'from' expression | 'raise' expression | 'raise'
pass_stmt: 'pass'
break_stmt: 'break'
continue_stmt: 'continue'
global_stmt: 'global' NAME % ','
nonlocal_stmt: 'nonlocal' NAME % ','
del_stmt: 'del' del_targets &(';' | NEWLINE) | invalid_del_stmt
yield_stmt: yield_expr
assert_stmt: 'assert' expression (',' expression)?
import_stmt: invalid_import | import_name | import_from
import_name: 'import' dotted_as_name % ','
import_from: 'from' ('.' | '...')* dotted_name 'import' import_from_targets
  | 'from' ('.' | '...')+ 'import' import_from_targets
import_from_targets: '(' import_from_as_names ','? ')' | import_from_as_names !',' | '*'
  | invalid_import_from_targets
import_from_as_names: import_from_as_name % ','
import_from_as_name: invalid_import_from_as_name | NAME ('as' NAME)?
dotted_as_name: invalid_dotted_as_name | dotted_name ('as' NAME)?
dotted_name: NAME ('.' NAME)*

block*: NEWLINE INDENT statements DEDENT | simple_stmts | invalid_block
decorators: ('@' named_expression NEWLINE)+
class_def: decorators class_def_raw | class_def_raw
class_def_raw: invalid_class_def_raw | 'class' NAME type_params? ('(' arguments? ')')? ':' block
function_def: decorators function_def_raw | function_def_raw
function_def_raw: invalid_def_raw
  | 'def' NAME type_params? '(' params? ')' ('->' expression)? ':' block
  | 'async' 'def' NAME type_params? '(' params? ')' ('->' expression)? ':' block

params: invalid_parameters | parameters
parameters: slash_no_default param_no_default* param_with_default* star_etc?
  | slash_with_default param_with_default* star_etc?
  | param_no_default+ param_with_default* star_etc?
  | param_with_default+ star_etc? | star_etc
slash_no_default: param_no_default+ '/' ',' | param_no_default+ '/' &')'
slash_with_default: param_no_default* param_with_default+ '/' ',' | param_no_default* param_with_default+ '/'
    &')'
star_etc: invalid_star_etc | '*' param_no_default param_maybe_default* kwds?
  | '*' param_no_default_star_annotation param_maybe_default* kwds?
  | '*' ',' param_maybe_default+ kwds? | kwds
kwds: invalid_kwds | '**' param_no_default
param_no_default: param ',' TYPE_COMMENT? | param TYPE_COMMENT? &')'
param_no_default_star_annotation: NAME ':' star_expression ',' | NAME ':' star_expression &')'
param_with_default: param default ',' TYPE_COMMENT? | param default TYPE_COMMENT? &')'
param_maybe_default: param default? ',' TYPE_COMMENT? | param default? TYPE_COMMENT? &')'
param: NAME (':' expression)?
default: '=' expression | invalid_default

if_stmt: invalid_if_stmt | 'if' named_expression ':' block elif_stmt | 'if' named_expression ':' block
    else_block?
elif_stmt: invalid_elif_stmt | 'elif' named_expression ':' block elif_stmt
  | 'elif' named_expression ':' block else_block?
else_block: invalid_else_stmt | 'else' &&':' block
while_stmt: invalid_while_stmt | 'while' named_expression ':' block else_block?
for_stmt: invalid_for_stmt | 'for' star_targets 'in' ~ star_expressions ':' block else_block?
  | 'async' 'for' star_targets 'in' ~ star_expressions ':' block else_block? | invalid_for_target
with_stmt: invalid_with_stmt_indent | 'with' '(' with_item % ',' ','? ')' ':' block
  | 'with' with_item % ',' ':' block | 'async' 'with' '(' with_item % ',' ','? ')' ':' block
  | 'async' 'with' with_item % ',' ':' block | invalid_with_stmt
with_item: expression 'as' star_target &(',' | ')' | ':') | invalid_with_item | expression
try_stmt: invalid_try_stmt | 'try' &&':' block finally_block
  | 'try' &&':' block except_block+ else_block? finally_block?
  | 'try' &&':' block except_star_block+ else_block? finally_block?
except_block: invalid_except_stmt_indent | 'except' expression ':' block | 'except' expression 'as' NAME ':'
    block
  | 'except' expressions ':' block | 'except' ':' block | invalid_except_stmt
except_star_block: invalid_except_star_stmt_indent | 'except' '*' expression ':' block
  | 'except' '*' expression 'as' NAME ':' block | 'except' '*' expressions ':' block |
    invalid_except_star_stmt
finally_block: invalid_finally_stmt | 'finally' &&':' block

match_stmt: "match" subject_expr ':' NEWLINE INDENT case_block+ DEDENT | invalid_match_stmt
subject_expr: star_named_expression ',' star_named_expressions? | named_expression
case_block: invalid_case_block | "case" patterns guard? ':' block
guard: 'if' named_expression
patterns: open_sequence_pattern | pattern
pattern: as_pattern | or_pattern
as_pattern: or_pattern 'as' pattern_capture_target | invalid_as_pattern
or_pattern: closed_pattern % '|'
closed_pattern*: literal_pattern | pattern_capture_target | "_" | attr !('.' | '(' | '=') | '(' pattern ')'
  | sequence_pattern | mapping_pattern | class_pattern
literal_pattern: signed_number !('+' | '-') | signed_number ('+' | '-') NUMBER | strings | 'None' | 'True' |
    'False'
signed_number: NUMBER | '-' NUMBER
pattern_capture_target: !"_" NAME !('.' | '(' | '=')
attr: NAME ('.' NAME)+
name_or_attr: NAME ('.' NAME)*
sequence_pattern: '[' maybe_sequence_pattern? ']' | '(' open_sequence_pattern? ')'
open_sequence_pattern: maybe_star_pattern ',' maybe_sequence_pattern?
maybe_sequence_pattern: maybe_star_pattern % ',' ','?
maybe_star_pattern: star_pattern | pattern
star_pattern*: '*' pattern_capture_target | '*' "_"
mapping_pattern: '{' '}' | '{' double_star_pattern ','? '}' | '{' items_pattern ',' double_star_pattern ','?
    '}'
  | '{' items_pattern ','? '}'
items_pattern: key_value_pattern % ','
key_value_pattern: (literal_pattern | attr) ':' pattern
double_star_pattern: '**' pattern_capture_target
class_pattern: name_or_attr '(' ')' | name_or_attr '(' positional_patterns ','? ')'
  | name_or_attr '(' keyword_patterns ','? ')' | name_or_attr '(' positional_patterns ',' keyword_patterns
    ','? ')'
  | invalid_class_pattern
positional_patterns: pattern % ','
keyword_patterns: keyword_pattern % ','
keyword_pattern: NAME '=' pattern

type_alias: "type" NAME type_params? '=' expression
type_params: invalid_type_params | '[' type_param % ',' ','? ']'
type_param*: NAME (':' expression)? ('=' expression)? | invalid_type_param | '*' NAME ('=' star_expression)?
  | '**' NAME ('=' expression)?
)";

const std::string_view kGrammarExpressions = R"(
expressions: expression (',' expression)+ ','? | expression ',' | expression
expression*: invalid_expression | invalid_legacy_expression | disjunction 'if' disjunction 'else' expression
  | disjunction | lambdef
yield_expr: 'yield' 'from' expression | 'yield' star_expressions?
star_expressions: star_expression (',' star_expression)+ ','? | star_expression ',' | star_expression
star_expression*: '*' bitwise_or | expression
star_named_expressions: star_named_expression % ',' ','?
star_named_expression: '*' bitwise_or | named_expression
assignment_expression: NAME ':=' ~ expression
named_expression: assignment_expression | invalid_named_expression | expression !':='
disjunction*: conjunction ('or' conjunction)+ | conjunction
conjunction*: inversion ('and' inversion)+ | inversion
inversion*: 'not' inversion | comparison
comparison: bitwise_or (compare_op bitwise_or)+ | bitwise_or
compare_op: invalid_diamond | NOTEQUAL | '==' | '<=' | '<' | '>=' | '>' | 'not' 'in' | 'in' | 'is' 'not' |
    'is'
bitwise_or*: bitwise_xor ('|' bitwise_xor)*
bitwise_xor*: bitwise_and ('^' bitwise_and)*
bitwise_and*: shift_expr ('&' shift_expr)*
shift_expr*: invalid_arithmetic | sum (('<<' | '>>') sum)*
sum*: term (('+' | '-') term)*
term*: invalid_factor | factor (('*' | '/' | '//' | '%' | '@') factor)*
factor*: ('+' | '-' | '~') factor | power
power: await_primary '**' factor | await_primary
await_primary*: 'await' primary | primary
primary*: atom ('.' NAME | genexp | '(' arguments? ')' | '[' slices ']')*
slices: slice !',' | (slice | starred_expression) % ',' ','?
slice: expression? ':' expression? (':' expression?)? | named_expression
atom: NAME | 'True' | 'False' | 'None' | &(STRING | FSTRING_START | TSTRING_START) strings | NUMBER
  | &'(' (tuple | group | genexp) | &'[' (list | listcomp) | &'{' (dict | set | dictcomp | setcomp) | '...'
group: '(' (yield_expr | named_expression) ')' | invalid_group
tuple: '(' (star_named_expression ',' star_named_expressions?)? ')'
list: '[' star_named_expressions? ']'
set: '{' star_named_expressions '}'
dict: '{' double_starred_kvpairs? '}' | '{' invalid_double_starred_kvpairs '}'
double_starred_kvpairs: double_starred_kvpair % ',' ','?
double_starred_kvpair: '**' bitwise_or | kvpair
kvpair: expression ':' expression
for_if_clauses: for_if_clause+
for_if_clause: 'async' 'for' star_targets 'in' ~ disjunction ('if' disjunction)*
  | 'for' star_targets 'in' ~ disjunction ('if' disjunction)* | invalid_for_if_clause | invalid_for_target
listcomp: '[' named_expression for_if_clauses ']' | invalid_comprehension
setcomp: '{' named_expression for_if_clauses '}' | invalid_comprehension
genexp: '(' (assignment_expression | expression !':=') for_if_clauses ')' | invalid_comprehension
dictcomp: '{' kvpair for_if_clauses '}' | invalid_dict_comprehension

lambdef: 'lambda' lambda_params? ':' expression
lambda_params: invalid_lambda_parameters | lambda_parameters
lambda_parameters: lambda_slash_no_default lambda_no_default* lambda_with_default* lambda_star_etc?
  | lambda_slash_with_default lambda_with_default* lambda_star_etc?
  | lambda_no_default+ lambda_with_default* lambda_star_etc?
  | lambda_with_default+ lambda_star_etc? | lambda_star_etc
lambda_slash_no_default: lambda_no_default+ '/' ',' | lambda_no_default+ '/' &':'
lambda_slash_with_default: lambda_no_default* lambda_with_default+ '/' ','
  | lambda_no_default* lambda_with_default+ '/' &':'
lambda_star_etc: invalid_lambda_star_etc | '*' lambda_no_default lambda_maybe_default* lambda_kwds?
  | '*' ',' lambda_maybe_default+ lambda_kwds? | lambda_kwds
lambda_kwds: invalid_lambda_kwds | '**' lambda_no_default
lambda_no_default: NAME ',' | NAME &':'
lambda_with_default: NAME default ',' | NAME default &':'
lambda_maybe_default: NAME default? ',' | NAME default? &':'

strings*: invalid_string_tstring_concat | (fstring | STRING)+ | tstring+
fstring: FSTRING_START (field | FSTRING_MIDDLE)* FSTRING_END
tstring: TSTRING_START (field | TSTRING_MIDDLE)* TSTRING_END
field: '{' annotated_rhs '='? conversion? full_format_spec? '}' | invalid_field
conversion: '!' NAME
full_format_spec: ':' format_spec*
format_spec: FSTRING_MIDDLE | TSTRING_MIDDLE | field

arguments*: args ','? &')' | invalid_arguments
args: positional_argument % ',' (',' kwargs)? | kwargs
positional_argument: (starred_expression | (assignment_expression | expression !':=') !'=')
kwargs: kwarg_or_starred % ',' ',' kwarg_or_double_starred % ',' | kwarg_or_starred % ','
  | kwarg_or_double_starred % ','
starred_expression: invalid_starred_expression_unpacking | '*' expression | invalid_starred_expression
kwarg_or_starred: invalid_kwarg | NAME '=' expression | starred_expression
kwarg_or_double_starred: invalid_kwarg | NAME '=' expression | '**' expression

star_targets: star_target !',' | star_target (',' star_target)* ','?
star_targets_list_seq: star_target % ',' ','?
star_targets_tuple_seq: star_target (',' star_target)+ ','? | star_target ','
star_target*: '*' (!'*' star_target) | target_with_star_atom
target_with_star_atom*: t_primary '.' NAME !t_lookahead | t_primary '[' slices ']' !t_lookahead | star_atom
star_atom: NAME | '(' target_with_star_atom ')' | '(' star_targets_tuple_seq? ')' | '[' star_targets_list_seq?
    ']'
single_target: single_subscript_attribute_target | NAME | '(' single_target ')'
single_subscript_attribute_target: t_primary '.' NAME !t_lookahead | t_primary '[' slices ']' !t_lookahead
t_primary*: atom &t_lookahead t_trailer*
t_trailer: '.' NAME &t_lookahead | '[' slices ']' &t_lookahead | genexp &t_lookahead | '(' arguments? ')'
    &t_lookahead
t_lookahead: '(' | '[' | '.'
del_targets: del_target % ',' ','?
del_target*: t_primary '.' NAME !t_lookahead | t_primary '[' slices ']' !t_lookahead | del_t_atom
del_t_atom: NAME | '(' del_target ')' | '(' del_targets? ')' | '[' del_targets? ']'
)";

const std::string_view kGrammarMistakes = R"(
expression_without_invalid: disjunction 'if' disjunction 'else' expression | disjunction | lambdef

invalid_arguments: (positional_argument % ',' ',' kwargs | kwargs) a:',' starred_expression % ','
    => from a "iterable argument unpacking follows keyword argument unpacking"
  | a:expression b:for_if_clauses ',' (args | expression for_if_clauses)?
    => range a b "Generator expression must be parenthesized"
  | a:NAME b:'=' expression for_if_clauses => range a b
    "invalid syntax. Maybe you meant '==' or ':=' instead of '='?"
  | (args ',')? a:NAME b:'=' &(',' | ')') => range a b "expected argument value expression"
  | a:args b:for_if_clauses => bare_generator a b
  | args ',' a:expression b:for_if_clauses => range a b "Generator expression must be parenthesized"
  | a:args ',' args => argument_order a
invalid_kwarg: a:('True' | 'False' | 'None') b:'=' => range a b "cannot assign to {a}"
  | a:NAME b:'=' expression for_if_clauses => range a b
    "invalid syntax. Maybe you meant '==' or ':=' instead of '='?"
  | !(NAME '=') a:expression b:'=' => range a b
    "expression cannot contain assignment, perhaps you meant \"==\"?"
  | a:'**' expression '=' b:expression => range a b "cannot assign to keyword argument unpacking"
invalid_starred_expression_unpacking: a:'*' expression '=' b:expression
    => range a b "cannot assign to iterable argument unpacking"
invalid_starred_expression: '*' => last "Invalid star expression"

invalid_legacy_expression: a:NAME !'(' b:star_expressions => legacy_statement a b
invalid_type_param: '*' NAME a:':' b:expression => bound a b "TypeVarTuple"
  | '**' NAME a:':' b:expression => bound a b "ParamSpec"
invalid_expression: STRING a:(!STRING expression_without_invalid)+ STRING
    => range a a "invalid syntax. Is this intended to be part of the string?"
  | !(NAME STRING | SOFT_KEYWORD) a:disjunction b:expression_without_invalid => forgotten_comma a b
  | a:disjunction 'if' b:disjunction !('else' | ':') => range a b "expected 'else' after 'if' expression"
  | a:disjunction 'if' b:disjunction 'else' !expression
    => next "expected expression after 'else', but statement is given"
  | a:(pass_stmt | break_stmt | continue_stmt) 'if' b:disjunction 'else' simple_stmt
    => at a "expected expression before 'if', but statement is given"
  | a:'lambda' lambda_params? b:':' &(FSTRING_MIDDLE | TSTRING_MIDDLE)
    => range a b "{letter}-string: lambda expressions are not allowed without parentheses"
invalid_named_expression*: a:expression ':=' expression => at a "cannot use assignment expressions with {a}"
  | a:NAME '=' b:bitwise_or !('=' | ':=') => range a b
    "invalid syntax. Maybe you meant '==' or ':=' instead of '='?"
  | !(list | tuple | genexp | 'True' | 'None' | 'False') a:bitwise_or '=' bitwise_or !('=' | ':=')
    => at a "cannot assign to {a} here. Maybe you meant '==' instead of '='?"
invalid_assignment: a:invalid_ann_assign_target ':' expression
    => at a "only single target (not {a}) can be annotated"
  | a:star_named_expression ',' star_named_expressions* ':' expression
    => at a "only single target (not tuple) can be annotated"
  | a:expression ':' expression => at a "illegal target for annotation"
  | (star_targets '=')* a:star_expressions '=' => assign_target a
  | (star_targets '=')* a:yield_expr '=' => at a "assignment to yield expression not possible"
  | a:star_expressions augassign annotated_rhs => at a
    "'{a}' is an illegal expression for augmented assignment"
invalid_ann_assign_target: list | tuple | '(' invalid_ann_assign_target ')'
invalid_del_stmt: 'del' a:star_expressions => delete_target a
invalid_block: NEWLINE !INDENT => indent "expected an indented block"
invalid_arithmetic: sum ('+' | '-' | '*' | '/' | '%' | '//' | '@') a:'not' b:inversion
    => range a b "'not' after an operator must be parenthesized"
invalid_factor: ('+' | '-' | '~') a:'not' b:factor => range a b
    "'not' after an operator must be parenthesized"

invalid_diamond: a:'<' b:'>' => diamond a b "invalid syntax.  Maybe you meant '!=' instead of '<>'?"

invalid_comprehension: ('[' | '(' | '{') a:starred_expression for_if_clauses
    => at a "iterable unpacking cannot be used in comprehension"
  | ('[' | '{') a:star_named_expression ',' b:star_named_expressions for_if_clauses
    => range a b "did you forget parentheses around the comprehension target?"
  | ('[' | '{') a:star_named_expression b:',' for_if_clauses
    => range a b "did you forget parentheses around the comprehension target?"
invalid_dict_comprehension: '{' a:'**' bitwise_or for_if_clauses '}'
    => at a "dict unpacking cannot be used in dict comprehension"
invalid_group: '(' a:starred_expression ')' => at a "cannot use starred expression here"
  | '(' a:'**' expression ')' => at a "cannot use double starred expression here"
invalid_double_starred_kvpairs: double_starred_kvpair % ',' ',' invalid_kvpair
  | expression ':' a:'*' bitwise_or => from a "cannot use a starred expression in a dictionary value"
  | expression a:':' &('}' | ',') => at a "expression expected after dictionary key and ':'"
invalid_kvpair: a:expression !':' => missing_colon a
  | expression ':' a:'*' bitwise_or => from a "cannot use a starred expression in a dictionary value"
  | expression a:':' &('}' | ',') => at a "expression expected after dictionary key and ':'"
invalid_for_if_clause: 'async'? 'for' (bitwise_or (',' bitwise_or)* ','?) !'in'
    => last "'in' expected after for-loop variables"
invalid_for_target: 'async'? 'for' a:star_expressions => loop_target a

invalid_parameters: a:'/' ',' => at a "at least one argument must precede /"
  | (slash_no_default | slash_with_default) param_maybe_default* a:'/' => at a "/ may appear only once"
  | slash_no_default? param_no_default* invalid_parameters_helper a:param_no_default
    => at_first a "parameter without a default follows parameter with a default"
  | param_no_default* a:'(' param_no_default+ ','? b:')' => range a b
    "Function parameters cannot be parenthesized"
  | (slash_no_default | slash_with_default)? param_maybe_default* '*' (',' | param_no_default)
    param_maybe_default* a:'/' => at a "/ must be ahead of *"
  | param_maybe_default+ '/' a:'*' => at a "expected comma between / and *"
invalid_parameters_helper: slash_with_default | param_with_default+
invalid_default: a:'=' &(')' | ',') => at a "expected default value expression"
invalid_star_etc: a:'*' (')' | ',' (')' | '**')) => at a "named arguments must follow bare *"
  | '*' param a:'=' => at a "var-positional argument cannot have default value"
  | '*' (param_no_default | ',') param_maybe_default* a:'*' (param_no_default | ',')
    => at a "* argument may appear only once"
invalid_kwds: '**' param a:'=' => at a "var-keyword argument cannot have default value"
  | '**' param ',' a:param => at_first a "arguments cannot follow var-keyword argument"
  | '**' param ',' a:('*' | '**' | '/') => at a "arguments cannot follow var-keyword argument"
invalid_lambda_parameters: a:'/' ',' => at a "at least one argument must precede /"
  | (lambda_slash_no_default | lambda_slash_with_default) lambda_maybe_default* a:'/' => at a
    "/ may appear only once"
  | lambda_slash_no_default? lambda_no_default* invalid_lambda_parameters_helper a:lambda_no_default
    => at_first a "parameter without a default follows parameter with a default"
  | lambda_no_default* a:'(' NAME % ',' ','? b:')' => range a b
    "Lambda expression parameters cannot be parenthesized"
  | (lambda_slash_no_default | lambda_slash_with_default)? lambda_maybe_default* '*' (',' | lambda_no_default)
    lambda_maybe_default* a:'/' => at a "/ must be ahead of *"
  | lambda_maybe_default+ '/' a:'*' => at a "expected comma between / and *"
invalid_lambda_parameters_helper: lambda_slash_with_default | lambda_with_default+
invalid_lambda_star_etc: '*' (':' | ',' (':' | '**')) => last "named arguments must follow bare *"
  | '*' NAME a:'=' => at a "var-positional argument cannot have default value"
  | '*' (lambda_no_default | ',') lambda_maybe_default* a:'*' (lambda_no_default | ',')
    => at a "* argument may appear only once"
invalid_lambda_kwds: '**' NAME a:'=' => at a "var-keyword argument cannot have default value"
  | '**' NAME ',' a:NAME => at a "arguments cannot follow var-keyword argument"
  | '**' NAME ',' a:('*' | '**' | '/') => at a "arguments cannot follow var-keyword argument"

invalid_with_item: expression 'as' a:expression &(',' | ')' | ':') => assign_target a
invalid_import: a:'import' dotted_name % ',' 'from' dotted_name
    => from a "Did you mean to use 'from ... import ...' instead?"
  | 'import' a:NEWLINE => from a "Expected one or more names after 'import'"
invalid_dotted_as_name: dotted_name 'as' !(NAME (',' | ')' | ';' | NEWLINE)) a:expression
    => at a "cannot use {a} as import target"
invalid_import_from_as_name: NAME 'as' !(NAME (',' | ')' | ';' | NEWLINE)) a:expression
    => at a "cannot use {a} as import target"
invalid_import_from_targets: import_from_as_names ',' NEWLINE
    => last "trailing comma not allowed without surrounding parentheses"
  | a:NEWLINE => from a "Expected one or more names after 'import'"
invalid_with_stmt: 'async'? 'with' (expression ('as' star_target)?) % ',' NEWLINE => last "expected ':'"
  | 'async'? 'with' '(' (expressions ('as' star_target)?) % ',' ','? ')' NEWLINE => last "expected ':'"
invalid_with_stmt_indent: 'async'? a:'with' (expression ('as' star_target)?) % ',' ':' NEWLINE !INDENT
    => indent a "expected an indented block after 'with' statement on line "
  | 'async'? a:'with' '(' (expressions ('as' star_target)?) % ',' ','? ')' ':' NEWLINE !INDENT
    => indent a "expected an indented block after 'with' statement on line "
invalid_try_stmt: a:'try' ':' NEWLINE !INDENT => indent a
    "expected an indented block after 'try' statement on line "
  | 'try' ':' block !('except' | 'finally') => last "expected 'except' or 'finally' block"
  | 'try' ':' block* except_block+ a:'except' b:'*' expression ('as' NAME)? ':'
    => range a b "cannot have both 'except' and 'except*' on the same 'try'"
  | 'try' ':' block* except_star_block+ a:'except' (expression ('as' NAME)?)? ':'
    => at a "cannot have both 'except' and 'except*' on the same 'try'"
invalid_except_stmt: 'except' a:expression ',' expressions 'as' NAME ':'
    => from a "multiple exception types must be parenthesized when using 'as'"
  | 'except' expression ('as' NAME)? NEWLINE => last "expected ':'"
  | 'except' NEWLINE => last "expected ':'"
  | 'except' expression 'as' a:expression ':' block => at a "cannot use except statement with {a}"
invalid_except_star_stmt: 'except' '*' a:expression ',' expressions 'as' NAME ':'
    => from a "multiple exception types must be parenthesized when using 'as'"
  | 'except' '*' expression ('as' NAME)? NEWLINE => last "expected ':'"
  | 'except' '*' (NEWLINE | ':') => last "expected one or more exception types"
  | 'except' '*' expression 'as' a:expression ':' block => at a "cannot use except* statement with {a}"
invalid_finally_stmt: a:'finally' ':' NEWLINE !INDENT
    => indent a "expected an indented block after 'finally' statement on line "
invalid_except_stmt_indent: a:'except' expression ('as' NAME)? ':' NEWLINE !INDENT
    => indent a "expected an indented block after 'except' statement on line "
  | a:'except' ':' NEWLINE !INDENT => indent a "expected an indented block after 'except' statement on line "
invalid_except_star_stmt_indent: a:'except' '*' expression ('as' NAME)? ':' NEWLINE !INDENT
    => indent a "expected an indented block after 'except*' statement on line "
invalid_match_stmt: "match" subject_expr NEWLINE => last "expected ':'"
  | a:"match" subject_expr ':' NEWLINE !INDENT
    => indent a "expected an indented block after 'match' statement on line "
invalid_case_block: "case" patterns guard? NEWLINE => last "expected ':'"
  | a:"case" patterns guard? ':' NEWLINE !INDENT
    => indent a "expected an indented block after 'case' statement on line "
invalid_as_pattern: or_pattern 'as' a:"_" => at a "cannot use '_' as a target"
  | or_pattern 'as' a:expression => at a "cannot use {a} as pattern target"
invalid_class_pattern: name_or_attr '(' (positional_patterns ',')? keyword_patterns ',' a:positional_patterns
    => at a "positional patterns follow keyword patterns"
invalid_if_stmt: 'if' named_expression NEWLINE => last "expected ':'"
  | a:'if' named_expression ':' NEWLINE !INDENT => indent a
    "expected an indented block after 'if' statement on line "
invalid_elif_stmt: 'elif' named_expression NEWLINE => last "expected ':'"
  | a:'elif' named_expression ':' NEWLINE !INDENT
    => indent a "expected an indented block after 'elif' statement on line "
invalid_else_stmt: a:'else' ':' NEWLINE !INDENT
    => indent a "expected an indented block after 'else' statement on line "
  | 'else' ':' block 'elif' => last "'elif' block follows an 'else' block"
invalid_while_stmt: 'while' named_expression NEWLINE => last "expected ':'"
  | a:'while' named_expression ':' NEWLINE !INDENT
    => indent a "expected an indented block after 'while' statement on line "
invalid_for_stmt: 'async'? 'for' star_targets 'in' star_expressions NEWLINE => last "expected ':'"
  | 'async'? a:'for' star_targets 'in' star_expressions ':' NEWLINE !INDENT
    => indent a "expected an indented block after 'for' statement on line "
invalid_def_raw: 'async'? a:'def' NAME type_params? '(' params? ')' ('->' expression)? ':' NEWLINE !INDENT
    => indent a "expected an indented block after function definition on line "
  | 'async'? 'def' NAME type_params? &&'(' params? ')' ('->' expression)? &&':' block
invalid_class_def_raw: 'class' NAME type_params? ('(' arguments? ')')? NEWLINE => last "expected ':'"
  | a:'class' NAME type_params? ('(' arguments? ')')? ':' NEWLINE !INDENT
    => indent a "expected an indented block after class definition on line "
invalid_type_params: '[' a:']' => from a "Type parameter list cannot be empty"

invalid_string_tstring_concat: a:(fstring | STRING)+ b:tstring
    => range a b "cannot mix t-string literals with string or bytes literals"
  | a:tstring+ b:(fstring | STRING) => range a b "cannot mix t-string literals with string or bytes literals"
invalid_field: '{' a:'=' => at a "{letter}-string: valid expression required before '='"
  | '{' a:'!' => at a "{letter}-string: valid expression required before '!'"
  | '{' a:':' => at a "{letter}-string: valid expression required before ':'"
  | '{' a:'}' => at a "{letter}-string: valid expression required before '}'"
  | '{' !annotated_rhs => next "{letter}-string: expecting a valid expression after '{'"
  | '{' annotated_rhs !('=' | '!' | ':' | '}')
    => next "{letter}-string: expecting '=', or '!', or ':', or '}'"
  | '{' annotated_rhs '=' !('!' | ':' | '}') => next "{letter}-string: expecting '!', or ':', or '}'"
  | '{' annotated_rhs '='? invalid_conversion_character
  | '{' annotated_rhs '='? ('!' NAME)? !(':' | '}') => next "{letter}-string: expecting ':' or '}'"
  | '{' annotated_rhs '='? ('!' NAME)? ':' format_spec* !'}'
    => next "{letter}-string: expecting '}', or format specs"
  | '{' annotated_rhs '='? ('!' NAME)? !'}' => next "{letter}-string: expecting '}'"
invalid_conversion_character: '!' &(':' | '}') => next "{letter}-string: missing conversion character"
  | '!' !NAME => next "{letter}-string: invalid conversion character"
)";

}  // namespace oro::syntax
