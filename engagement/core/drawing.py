"""How a field of a form looks: its label, hint, error and control, in that order.

All forms of the site are drawn here, through `templates/crispy/field.html`. In Python and not in templates, because a
page of a survey has a dozen fields with fifty choices, and a template asks every one of them a dozen questions.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape as escaped
from typing import Any

from django.core.exceptions import ValidationError
from django.forms import (
    BaseForm,
    BooleanField,
    BoundField,
    CheckboxInput,
    CheckboxSelectMultiple,
    DateField,
    EmailField,
    Field,
    FileField,
    MultiWidget,
    RadioSelect,
    SelectDateWidget,
    Textarea,
    TextInput,
)
from django.utils.functional import Promise
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

# Controls whose HTML is so plain that it needs no template; any other widget draws itself.
LINE_TEMPLATES = {"django/forms/widgets/text.html", "django/forms/widgets/email.html"}
AREA_TEMPLATE = "django/forms/widgets/textarea.html"


def draw(field: BoundField, wrapper_class: str = "") -> SafeString:
    """The field with everything that belongs to it, as HTML."""
    widget = field.field.widget
    if field.is_hidden:
        return mark_safe(str(field))
    wrong = _wrong(field)
    classes = f"field{' field--wrong' if wrong else ''}{f' {escape(wrapper_class)}' if wrapper_class else ''}"
    begin = f'<div class="{classes}" id="div_{field.auto_id}">\n'
    if isinstance(widget, RadioSelect | CheckboxSelectMultiple):
        inline = " choices--inline" if getattr(widget, "inline", False) else ""
        body = _fieldset(field, f'{wrong}<div class="choices{inline}">\n{_options(field)}</div>')
    elif isinstance(widget, MultiWidget | SelectDateWidget):
        body = _fieldset(field, f'{wrong}<div class="field__parts">{field}</div>')
    elif isinstance(widget, CheckboxInput):
        body = (
            f'{wrong}<div class="choice">{field}<label for="{field.id_for_label}">{_text(field.label)}</label>'
            f"{_hint(field, 'hint choice__hint')}</div>\n"
        )
    else:
        label = f'<label class="field__label" for="{field.id_for_label}">{_label(field)}</label>\n'
        body = f"{label}{_hint(field)}{wrong}\n{_control(field)}\n"
    return mark_safe(f"{begin}{body}</div>\n")  # every text in it went through _text or escape


def _fieldset(field: BoundField, controls: str) -> str:
    described = field.aria_describedby
    attribute = f' aria-describedby="{escape(described)}"' if described else ""
    legend = f'<legend class="field__label">{_label(field)}</legend>\n'
    return f"<fieldset{attribute}>\n{legend}{_hint(field)}{controls}\n</fieldset>\n"


def escape(text: Any) -> str:
    """The text as HTML; what Django's own does, without asking every time whether a translation is still to come."""
    return escaped(str(text))


def _text(value: Any) -> str:
    if isinstance(value, Promise):
        value = str(value)
    return str(value.__html__()) if hasattr(value, "__html__") else escaped(str(value))


def _label(field: BoundField) -> str:
    if field.field.required:
        return _text(field.label)
    return f'{_text(field.label)} <span class="field__optional">({gettext("optional")})</span>'


def _hint(field: BoundField, classes: str = "hint") -> str:
    if not field.help_text:
        return ""
    return f'<div class="{classes}" id="{field.auto_id}_helptext">{_text(field.help_text)}</div>'


def _wrong(field: BoundField) -> str:
    if not field.errors:
        return ""
    mark = f'<span class="visually-hidden">{gettext("Error:")}</span>'
    texts = "<br>".join(f"{mark} {_text(text)}" for text in sentences(field))
    return f'<p class="field__error" id="{field.auto_id}_error">{texts}</p>'


def _options(field: BoundField) -> str:
    """Radios or ticks. The first carries the field's own id, so that an error link lands.

    The widget may have `inline = True` (short options side by side) and `hints` (value to text).
    """
    widget: Any = field.field.widget
    own_id = widget.attrs.get("id") or field.auto_id
    attributes = field.build_widget_attrs({"id": own_id} if own_id else {})
    hints = getattr(widget, "hints", None) or {}
    is_off = " disabled" if field.field.disabled else ""
    drawn: list[str] = []
    for option in widget.subwidgets(field.html_name, field.value(), attrs=attributes):
        own = option["attrs"].get("id", "")
        place = escape(own if drawn else field.auto_id)
        value = escape(str(option["value"]))
        hint = str(hints.get(option["value"], hints.get(str(option["value"]), ""))) if hints else ""
        drawn.append(
            f'<div class="choice"><input type="{option["type"]}" name="{escape(option["name"])}" value="{value}" '
            f'id="{place}"{" checked" if option["selected"] else ""}'
            f"{' disabled' if option['attrs'].get('disabled') else is_off}"
            f'{f""" aria-describedby="{escape(own)}_hint" """.rstrip() if hint else ""}>'
            f'<label for="{place}">{_text(option["label"])}</label>'
            + (f'<p class="hint choice__hint" id="{escape(own)}_hint">{escape(hint)}</p>' if hint else "")
            + "</div>\n"
        )
    return "".join(drawn)


def _control(field: BoundField) -> str:
    widget = field.field.widget
    is_area = isinstance(widget, Textarea) and widget.template_name == AREA_TEMPLATE
    is_line = isinstance(widget, TextInput) and widget.template_name in LINE_TEMPLATES
    if not (is_area or is_line) or field.field.show_hidden_initial:
        return str(field)
    if field.field.localize:
        widget.is_localized = True
    given = field.build_widget_attrs({})
    if field.auto_id and "id" not in widget.attrs:
        given.setdefault("id", field.auto_id)
    context: dict[str, Any] = widget.get_context(field.html_name, field.value(), given)["widget"]
    attributes = "".join(
        f" {escape(name)}" if value is True else f' {escape(name)}="{escape(str(value))}"'
        for name, value in context["attrs"].items()
        if value is not False
    )
    value, name = context["value"], escape(context["name"])
    if is_area:
        return f'<textarea name="{name}"{attributes}>\n{escape(value) if value else ""}</textarea>'
    shown = f' value="{escape(value)}"' if value is not None else ""
    return f'<input type="{context["type"]}" name="{name}"{shown}{attributes}>'


# --- several fields -------------------------------------------------------------------------------------


class Drawn:
    """A layout for crispy's `FormHelper` that asks no template.

    Its parts, in order, are names of fields, pieces of HTML (`SafeString`), and `Group`s of such parts.
    """

    def __init__(self, *parts: str | SafeString | Group) -> None:
        self.fields = parts  # crispy asks for this name

    def render(self, form: BaseForm, context: Any, template_pack: Any = None, **kwargs: Any) -> SafeString:
        return mark_safe("".join(_part(form, part) for part in self.fields))  # every part of it is safe by itself


@dataclass(frozen=True)
class Group:
    """Parts under one legend, as a fieldset of the class `css_class`."""

    legend: SafeString
    parts: tuple[str | SafeString, ...]
    css_class: str = ""


def _part(form: BaseForm, part: str | SafeString | Group) -> str:
    if isinstance(part, Group):
        inside = "".join(_part(form, one) for one in part.parts)
        classes = f"fieldset {part.css_class}".rstrip()
        legend = f'<legend class="fieldset__legend">{_text(part.legend)}</legend>' if part.legend else ""
        return f'<fieldset class="{escape(classes)}">{legend}{inside}</fieldset>\n'
    return part if isinstance(part, SafeString) else draw(form[part])


# --- errors ---------------------------------------------------------------------------------------------


def focus_id(field: BoundField) -> str:
    """The id of the control that an error link has to land on."""
    widget = field.field.widget
    if isinstance(widget, (RadioSelect, CheckboxSelectMultiple)):
        return field.auto_id
    if isinstance(widget, MultiWidget):
        return f"{field.auto_id}{widget.widgets_names[0]}"  # type: ignore[attr-defined]  # missing in the stubs
    return field.id_for_label or field.auto_id


def _sentence(field: BoundField, error: ValidationError) -> list[str]:
    """The error's own sentences, or ours where it only has Django's stock one."""
    texts = [str(text) for text in error.messages]
    stock = str(Field.default_error_messages["required"])
    if error.code == "required" and texts == [stock]:
        if isinstance(field.field, FileField):
            return [gettext("Choose a file for “%(label)s”.") % {"label": field.label}]
        if isinstance(field.field, BooleanField):
            return [gettext("Tick “%(label)s” to go on.") % {"label": field.label}]
        return [gettext("“%(label)s” needs an answer.") % {"label": field.label}]
    own_words = field.field.error_messages.get("invalid_choice") != type(field.field).default_error_messages.get(
        "invalid_choice"
    )
    if error.code == "invalid_choice" and error.params and "value" in error.params and not own_words:
        sentence = gettext("“%(value)s” is not among the choices for “%(label)s”. Choose another.")
        return [sentence % {"value": error.params["value"], "label": field.label}]
    if error.code == "invalid" and isinstance(field.field, EmailField):
        return [gettext("Enter an e-mail address with an @ in it, like name@example.org.")]
    if error.code == "invalid" and isinstance(field.field, DateField):
        return [gettext("Enter a date like 27 March 2019 or 27/3/2019.")]
    return texts


def sentences(field: BoundField) -> list[str]:
    """What is wrong with a field, in sentences that name it and say what to do."""
    return [text for error in field.errors.as_data() for text in _sentence(field, error)]
